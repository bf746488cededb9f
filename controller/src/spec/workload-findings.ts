// SPDX-License-Identifier: Apache-2.0
/** Finds a workload without a program, or with two, and files that would take its place. */
import type { Finding } from './finding.js';
import { isTable } from './is-table.js';
import { findOutputProblems } from './output-findings.js';
import type { SpecDraft } from './spec-draft.js';

/** What the program is called where it runs. */
const PROGRAM_NAME = 'reproducer';

export function findWorkloadProblems({ workload }: SpecDraft): readonly Finding[] {
  if (workload === undefined) return [];
  return [...findPrograms(workload), ...findHidingFiles(workload), ...findOutputProblems(workload)];
}

function findPrograms(workload: Readonly<Record<string, unknown>>): readonly Finding[] {
  const hasSource = workload.source !== undefined;
  const hasBinary = workload.binary !== undefined;
  if (hasSource && hasBinary) {
    const what = '`source` and `binary` are both given';
    return [{ path: ['workload', 'binary'], at: 'key', what, hint: 'keep one of the two' }];
  }
  if (hasSource || hasBinary) return [];
  const hint = 'add `source = "reproducer.c"` or `binary = "reproducer"`';
  const where = ['workload', 'source'];
  return [{ path: ['workload'], at: 'value', where, what: 'missing', hint }];
}

function findHidingFiles({ files }: Readonly<Record<string, unknown>>): readonly Finding[] {
  if (!isTable(files) || files[PROGRAM_NAME] === undefined) return [];
  const path = ['workload', 'files', PROGRAM_NAME];
  const what = 'the program itself has this name where it runs';
  return [{ path, at: 'key', what, hint: 'give the file another name' }];
}
