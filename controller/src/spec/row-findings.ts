// SPDX-License-Identifier: Apache-2.0
/** Finds rows that are asked for twice, and sweeps that are too large. */
import { MEMORY_MIB, takesKernel } from './defaults.js';
import { SETTING_DEFAULTS } from './environment-keys.js';
import type { Finding } from './finding.js';
import { formatKeyPath, type KeyPath } from './key-path.js';
import { REPETITIONS_MAX, TRIALS_MAX } from './limits.js';
import type { EnvironmentDraft, SpecDraft } from './spec-draft.js';
import type { TomlDocument } from './toml.js';

export function findRowProblems(document: TomlDocument, draft: SpecDraft): readonly Finding[] {
  return [...findRepeatedRows(document, draft), ...findTooManyTrials(draft)];
}

/** Two rows that nothing tells apart would be one row with other repetitions. */
function findRepeatedRows(document: TomlDocument, draft: SpecDraft): readonly Finding[] {
  const seen = new Map<string, KeyPath>();
  return draft.environments.flatMap((environment) =>
    environment.smp.flatMap((smp, place): readonly Finding[] => {
      const text = describeRow(environment, smp);
      const path: KeyPath = ['environments', environment.index, 'smp', place];
      const earlier = text === undefined ? undefined : seen.get(text);
      if (text !== undefined && earlier === undefined) seen.set(text, path);
      // Twice in one list is told as a repeated SMP count.
      if (earlier === undefined || earlier[1] === environment.index) return [];
      const line = document.place(earlier)?.key.line;
      const what = `the row ${text} is already asked for on line ${line}`;
      const hint = `take one out; ${formatKeyPath(earlier)} is the other`;
      return [{ path, at: 'value', what, hint }];
    }),
  );
}

/** What makes a row: environment, SMP count, memory, command line and settings. */
function describeRow(draft: EnvironmentDraft, smp: number | undefined): string | undefined {
  const { environment, memory = MEMORY_MIB, commandLine = '' } = draft;
  if (environment === undefined || smp === undefined) return undefined;
  if (environment === 'native') return `native, SMP ${smp}${settingsText(draft)}`;
  const memoryMib = typeof memory === 'number' ? memory : memory[String(smp)];
  const ending = commandLine === '' ? '' : `, \`${commandLine}\``;
  return `${environment}, SMP ${smp}, ${memoryMib} MiB${ending}${settingsText(draft)}`;
}

/** Those that differ from their default: a default that is written out makes no other row. */
function settingsText({ keys }: EnvironmentDraft): string {
  const given = Object.entries(SETTING_DEFAULTS).flatMap(([key, usual]) => {
    const text = JSON.stringify(keys[key] ?? usual);
    return text === JSON.stringify(usual) ? [] : [`, ${key} = ${text}`];
  });
  return given.join('');
}

function findTooManyTrials(draft: SpecDraft): readonly Finding[] {
  const { repetitions = 0, auditRepetitions, attributionRepetitions, environments } = draft;
  const asked = Math.max(repetitions, auditRepetitions, attributionRepetitions);
  if (asked > REPETITIONS_MAX) return []; // Told as such already.
  const countTrials = (rows: readonly EnvironmentDraft[]) =>
    rows.reduce((sum, each) => sum + each.smp.length * countTurns(draft, each), 0);
  const perRepetition = countTrials(environments);
  const guests = environments.filter((each) => each.environment?.startsWith('qemu'));
  const besides = auditRepetitions * perRepetition + attributionRepetitions * countTrials(guests);
  const trials = repetitions * perRepetition + besides;
  if (trials <= TRIALS_MAX) return [];
  const what = `${trials} trials, and a sweep has at most ${TRIALS_MAX}`;
  const fitting = Math.floor((TRIALS_MAX - besides) / perRepetition);
  const hint = fitting > 0 ? `at most ${fitting} repetitions fit` : 'split the sweep';
  return [{ path: ['repetitions'], at: 'value', what, hint }];
}

/** At most: a row without the baseline has no second turn of it. */
function countTurns(draft: SpecDraft, environment: EnvironmentDraft): number {
  return countKernels(draft, environment) + (draft.hasAgain ? 1 : 0);
}

function countKernels(draft: SpecDraft, { environment, kernels }: EnvironmentDraft): number {
  if (kernels !== undefined) return kernels.length;
  const all = draft.kernels ?? [];
  switch (environment) {
    case 'native':
    case 'qemu':
    case 'qemu-kvm':
    case 'qemu-tcg':
    case 'scripted':
      return all.filter((kernel) => takesKernel(environment, kernel)).length;
    default:
      return 0;
  }
}
