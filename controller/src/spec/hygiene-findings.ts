// SPDX-License-Identifier: Apache-2.0
/** Finds preparations of hosts that no mode would make, and those that are named twice. */
import type { Finding } from './finding.js';
import type { SpecDraft } from './spec-draft.js';

export function findHygieneProblems({ hygiene }: SpecDraft): readonly Finding[] {
  const prepare: readonly unknown[] = Array.isArray(hygiene?.prepare) ? hygiene.prepare : [];
  const repeated = prepare.flatMap((name, index): Finding[] => {
    if (prepare.indexOf(name) === index) return [];
    const path = ['hygiene', 'prepare', index];
    const what = `\`${String(name)}\` is listed twice`;
    return [{ path, at: 'value', what, hint: 'name it once' }];
  });
  const mode = hygiene?.mode;
  if (prepare.length === 0 || typeof mode !== 'string' || mode === 'enforce') return repeated;
  const what = `\`mode = "${mode}"\` changes nothing on a host`;
  const hint = 'write `mode = "enforce"`, or take `prepare` out';
  return [{ path: ['hygiene', 'prepare'], at: 'key', what, hint }, ...repeated];
}
