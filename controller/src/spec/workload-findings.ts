// SPDX-License-Identifier: Apache-2.0
/** Finds a workload without a program, or with two. */
import type { Finding } from './finding.js';
import type { SpecDraft } from './spec-draft.js';

export function findWorkloadProblems({ workload }: SpecDraft): readonly Finding[] {
  if (workload === undefined) return [];
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
