// SPDX-License-Identifier: Apache-2.0
/**
 * What a sweep's folder says of rows that stop when they are precise, each pinned to one host. How
 * many blocks such a row gets depends on what was begun when it became precise, so two runs of one
 * spec agree in the blocks that both have, and in no others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@labsweep/proto';

interface Results {
  readonly plan: Plan;
  readonly decisions: readonly { readonly block: string; readonly host: string }[];
}

export interface RowStop {
  readonly row: string;
  /** Repetitions that it kept, in their order. */
  readonly repetitions: readonly number[];
  /** Who ran the blocks that count. */
  readonly hosts: readonly string[];
}

export function rowStops(folder: string): RowStop[] {
  const { plan, decisions } = resultsOf(folder);
  const hostOf = new Map(decisions.map(({ block, host }) => [block, host]));
  return plan.rows.map(({ id }) => {
    const blocks = plan.blocks.filter(({ row }) => row === id);
    const hosts = blocks.flatMap((block) => hostOf.get(block.id) ?? []);
    const repetitions = blocks.map(({ repetition }) => repetition).sort((a, b) => a - b);
    return { row: id, repetitions, hosts: [...new Set(hosts)] };
  });
}

/** The ids of blocks that both runs of one spec have kept. */
export function commonBlocks(one: string, other: string): ReadonlySet<string> {
  const others = new Set(resultsOf(other).plan.blocks.map(({ id }) => id));
  return new Set(resultsOf(one).plan.blocks.flatMap(({ id }) => (others.has(id) ? id : [])));
}

/** A row keeps its first repetitions without a gap, and as many as it needs to be judged. */
export function stopProblems(stops: readonly RowStop[], repetitionsMin: number): string[] {
  return stops.flatMap(({ row, repetitions }) => [
    ...(repetitions.at(-1) === repetitions.length ? [] : [`${row} has lost a repetition`]),
    ...(repetitions.length >= repetitionsMin
      ? []
      : [`${row} stopped after ${repetitions.length} repetitions`]),
  ]);
}

/** Where nothing goes wrong every row stops early, and stays where it began. */
export function calmProblems(stops: readonly RowStop[], repetitionsMax: number): string[] {
  return stops.flatMap(({ row, repetitions, hosts }) => [
    ...(repetitions.length < repetitionsMax ? [] : [`${row} does not stop in the calm lab`]),
    ...(hosts.length === 1 ? [] : [`${row} moves in the calm lab: ${hosts.join(', ')}`]),
  ]);
}

function resultsOf(folder: string): Results {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
}
