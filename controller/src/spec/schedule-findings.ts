// SPDX-License-Identifier: Apache-2.0
/** Finds labels that are asked for twice. */
import type { Finding } from './finding.js';
import type { SpecDraft } from './spec-draft.js';

export function findScheduleProblems({ schedule }: SpecDraft): readonly Finding[] {
  const labels: readonly unknown[] = Array.isArray(schedule?.labels) ? schedule.labels : [];
  return labels.flatMap((label, index): Finding[] => {
    if (labels.indexOf(label) === index) return [];
    const path = ['schedule', 'labels', index];
    return [
      { path, at: 'value', what: `\`${String(label)}\` is listed twice`, hint: 'name it once' },
    ];
  });
}
