// SPDX-License-Identifier: Apache-2.0
/** Says what a chaos run did and found. */
import type { ChaosResult } from './chaos-run.js';

/** What is wrong, a sentence each; empty when the run is what it must be. */
export function verdictOf(result: ChaosResult): string[] {
  const { sweeps, spooled } = result;
  return [
    ...sweeps.flatMap(({ number, exitCode, differences, problems }) => [
      ...(exitCode === 0 ? [] : [`sweep ${number} ended with exit code ${exitCode}`]),
      ...differences.map((line) => `sweep ${number}: ${line}`),
      ...problems.map((line) => `sweep ${number}: ${line}`),
    ]),
    ...(spooled === 0 ? [] : [`${spooled} outcomes are in spools although all is settled`]),
  ];
}

export function summaryLines(result: ChaosResult, seed: number): string[] {
  const { missing, injected, skipped, sweeps, unexpectedEnds } = result;
  const counts = new Map<string, number>();
  for (const { kind } of injected) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const problems = verdictOf(result);
  const planned = sweeps.reduce((sum, sweep) => sum + sweep.planned, 0);
  const outcomes = sweeps.reduce((sum, sweep) => sum + sweep.outcomes, 0);
  const attempts = Math.max(...sweeps.map((sweep) => sweep.attemptsMax));
  const rows = sweeps.map(
    ({ number, lines, differences, planned: trials, outcomes: all, problems: wrong }) =>
      `  sweep ${String(number).padStart(3)}: ${lines - 1} lines ` +
      `${differences.length === 0 ? 'equal to' : 'DIFFER from'} the calm table; ` +
      `${trials} trials planned, ${all} outcomes kept, ${wrong.length} unaccounted for`,
  );
  const stopped = sweeps.flatMap(({ number, stops = [] }) =>
    stops.map(({ row, repetitions, hosts }) => {
      const where = `${repetitions.length} repetitions on ${hosts.join(', then ')}`;
      return `  sweep ${String(number).padStart(3)}: ${row} has ${where}`;
    }),
  );
  return [
    '',
    `seed ${seed}: ${injected.length} faults (${skipped} more found nothing to hurt)`,
    ...[...counts].sort().map(([kind, count]) => `  ${kind.padEnd(16)} ${count}`),
    ...[...unexpectedEnds].map(([how, times]) => `  ended by itself, ${how}: ${times} times`),
    ...missing.map((line) => `  not possible here: ${line}`),
    ...rows,
    ...stopped,
    `${planned} trials planned in ${sweeps.length} sweeps, ${outcomes} outcomes kept, ` +
      `at most attempt ${attempts} of a block`,
    problems.length === 0
      ? 'RESULT: every table is the faultless one, and every planned trial is accounted for'
      : `RESULT: WRONG\n${problems.map((line) => `  ${line}`).join('\n')}`,
  ];
}
