// SPDX-License-Identifier: Apache-2.0
/**
 * Turns the text of a spec into a checked spec, or into all that is wrong with it. It opens no
 * file.
 */
import type { Spec } from '@labsweep/proto';
import { buildSpec } from './build-spec.js';
import { findEnvironmentProblems } from './environment-findings.js';
import type { Finding } from './finding.js';
import { findHygieneProblems } from './hygiene-findings.js';
import { findKernelProblems } from './kernel-findings.js';
import { formatKeyPath, type KeyPath } from './key-path.js';
import { PROBLEMS_MAX, SPEC_LENGTH_MAX } from './limits.js';
import { findPrecisionProblems } from './precision-findings.js';
import { findPurposeProblems } from './purpose-findings.js';
import { findRowProblems } from './row-findings.js';
import { findScheduleProblems } from './schedule-findings.js';
import { checkShape } from './schema.js';
import { findShapeProblems } from './shape-findings.js';
import { readDraft } from './spec-draft.js';
import type { SpecProblem } from './spec-problem.js';
import { describeSyntaxError } from './syntax-finding.js';
import { type Position, readToml, type TomlDocument } from './toml.js';
import { findWorkloadProblems } from './workload-findings.js';

export type SpecResult =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * The `path` only names the file in messages. Problems stand in the order of the file, of thousands
 * the first hundred; a mistake in the TOML itself comes alone, for nothing can be read behind it.
 */
export function parseSpec(file: { text: string; path: string }): SpecResult {
  // Some editors put a byte order mark in front, which is not part of the TOML.
  const text = file.text.replace(/^\uFEFF/, '');
  const lines = text.split(/\r?\n/);
  const place = (found: Position & { where: string; what: string; hint: string }): SpecProblem => ({
    path: file.path,
    line: found.line,
    column: found.column,
    where: found.where,
    what: found.what,
    hint: found.hint,
    sourceLine: lines[found.line - 1] ?? '',
  });
  if (text.length > SPEC_LENGTH_MAX) return { ok: false, problems: [place(tooLong(text))] };
  const toml = readToml(text);
  if (!toml.ok) {
    const found = describeSyntaxError(text, toml.error);
    return { ok: false, problems: [place({ ...found, where: 'TOML' })] };
  }
  const checked = checkDocument(toml.document);
  if (checked.ok) return checked;
  const problems = checked.findings.map((finding) =>
    place({
      ...finding,
      ...positionOf(toml.document, finding),
      where: formatKeyPath(finding.where ?? finding.path),
    }),
  );
  return { ok: false, problems: problems.sort(byPosition).slice(0, PROBLEMS_MAX) };
}

function tooLong(text: string) {
  const what = `${text.length} characters, and a spec has at most ${SPEC_LENGTH_MAX}`;
  return { line: 1, column: 1, where: 'TOML', what, hint: 'is this the file you meant?' };
}

type Checked =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function checkDocument(document: TomlDocument): Checked {
  const result = checkShape(document.value);
  const draft = readDraft(document.value);
  const findings = [
    ...(result.ok ? [] : findShapeProblems(document, result.issues)),
    ...findWorkloadProblems(draft),
    ...findKernelProblems(draft),
    ...findEnvironmentProblems(draft),
    ...findRowProblems(document, draft),
    ...findPrecisionProblems(draft),
    ...findPurposeProblems(draft),
    ...findScheduleProblems(draft),
    ...findHygieneProblems(draft),
  ];
  if (!result.ok || findings.length > 0) return { ok: false, findings };
  return { ok: true, spec: buildSpec(document, result.shape) };
}

/** What has no place of its own is shown at the table around it, and at last at the start. */
function positionOf(document: TomlDocument, { path, at }: Finding): Position {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const around: KeyPath = path.slice(0, depth);
    const found = document.place(around);
    if (found !== undefined) return depth === path.length ? found[at] : found.value;
  }
  return { line: 1, column: 1 };
}

function byPosition(left: SpecProblem, right: SpecProblem): number {
  return left.line - right.line || left.column - right.column;
}
