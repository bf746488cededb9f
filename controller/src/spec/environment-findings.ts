// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what cannot be within one environment: keys that do not belong there, SMP counts, memory
 * and settings.
 */
import { findMisplacedKeys } from './environment-keys.js';
import type { Finding } from './finding.js';
import type { KeyPath } from './key-path.js';
import { findSettingProblems } from './setting-findings.js';
import type { EnvironmentDraft, SpecDraft } from './spec-draft.js';

export function findEnvironmentProblems(draft: SpecDraft): readonly Finding[] {
  return draft.environments.flatMap((environment) => [
    ...findMisplacedKeys(environment),
    ...findRepeatedSmp(environment),
    ...findMemoryGaps(environment),
    ...findSettingProblems(environment),
  ]);
}

function findRepeatedSmp({ index, smp }: EnvironmentDraft): readonly Finding[] {
  return smp.flatMap((count, place, all) => {
    if (count === undefined || all.indexOf(count) === place) return [];
    const path: KeyPath = ['environments', index, 'smp', place];
    const hint = 'name it once; `repetitions` says how often it runs';
    return [{ path, at: 'value' as const, what: `SMP ${count} is listed twice`, hint }];
  });
}

/** A table by SMP count has exactly the counts of the list: one too many is most likely a slip. */
function findMemoryGaps({ index, smp, memory }: EnvironmentDraft): readonly Finding[] {
  if (memory === undefined || typeof memory === 'number') return [];
  const path: KeyPath = ['environments', index, 'memory_mib'];
  const counts = new Set(smp.filter((count) => count !== undefined).map(String));
  if (counts.size === 0) return [];
  const missing = [...counts].filter((count) => !Object.hasOwn(memory, count));
  const surplus = Object.keys(memory).filter((count) => !counts.has(count));
  return [
    ...missing.map((count): Finding => {
      const what = `no memory for SMP ${count}`;
      return { path, at: 'value', where: [...path, count], what, hint: `add \`${count} = 1024\`` };
    }),
    ...surplus.map((count): Finding => {
      const what = `\`${count}\` is not one of the SMP counts`;
      const hint = `take it out, or add it to \`smp = [${[...counts].join(', ')}]\``;
      return { path: [...path, count], at: 'key', what, hint };
    }),
  ];
}
