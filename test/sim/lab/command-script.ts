// SPDX-License-Identifier: Apache-2.0
/**
 * What users ask after the submission, drawn from the seed before the run begins: so it is the same
 * with and without faults. Chains run side by side; inside of one each thing is asked when the one
 * before it was heeded.
 */
import type { SweepId } from '@labsweep/proto';
import type { World } from '../machine/world.js';
import { type SampleSweep, SWEEP } from './sample-sweep.js';

/** As the two calls of SweepService take it. */
export interface Ask {
  /** Undefined for what is asked of a host. */
  readonly sweep?: SweepId;
  readonly kind: string;
  readonly host?: string;
  readonly row?: string;
  readonly count?: number;
  readonly kernel?: string;
  readonly source?: string;
}

export interface TimedAsk {
  /** After the one before it, or after the start. */
  readonly delayMs: number;
  readonly ask: Ask;
}

export type Chain = readonly TimedAsk[];

const PURPOSE = 'commands';
const LATEST_MS = 120_000;
const PAUSE_MS_MAX = 60_000;

/** What changes the table; the rest only changes the way there. */
export const LASTING: readonly string[] = ['rerun-row', 'add-repetitions', 'add-kernel'];

export function commandScript(
  world: World,
  sweeps: { readonly main: SampleSweep; readonly other: SampleSweep | undefined },
  hosts: readonly string[],
): readonly Chain[] {
  const chance = (probability: number) => world.chance(PURPOSE, probability);
  const at = (ask: Ask): TimedAsk => ({ delayMs: world.between(PURPOSE, 1, LATEST_MS), ask });
  const soon = (ask: Ask): TimedAsk => ({ delayMs: world.between(PURPOSE, 1, PAUSE_MS_MAX), ask });
  const chains: Chain[] = [];
  const { main, other } = sweeps;
  if (other !== undefined) chains.push([at({ sweep: other.id, kind: 'cancel' })]);
  const more = main.isPrecise ? moreOfPrecise(world, main) : [];
  // Half of the nights nobody else comes.
  if (chance(0.5)) return more.length === 0 ? chains : [...chains, more];
  if (chance(0.4)) {
    chains.push([at({ sweep: SWEEP, kind: 'pause' }), soon({ sweep: SWEEP, kind: 'resume' })]);
  }
  if (chance(0.4)) {
    const host = hosts[world.between(PURPOSE, 0, hosts.length - 1)] ?? '';
    chains.push([at({ kind: 'drain', host }), soon({ kind: 'undrain', host })]);
  }
  if (chance(0.3)) chains.push([at({ sweep: SWEEP, kind: 'rerun-failed' })]);
  const lasting: TimedAsk[] = [];
  if (chance(0.3)) {
    const row = main.rows[world.between(PURPOSE, 0, main.rows.length - 1)] ?? '';
    lasting.push(at({ sweep: SWEEP, kind: 'rerun-row', row }));
  }
  if (chance(0.3)) lasting.push(at({ sweep: SWEEP, kind: 'add-repetitions', count: 1 }));
  if (chance(0.2)) {
    const kernel = { kernel: 'v6.18', source: 'host' };
    lasting.push(at({ sweep: SWEEP, kind: 'add-kernel', ...kernel }));
  }
  lasting.push(...more);
  if (lasting.length > 0) chains.push(lasting);
  return chains;
}

/** Rows that may have stopped by then are given more to do. */
function moreOfPrecise(world: World, { rows }: SampleSweep): TimedAsk[] {
  const purpose = 'commands to precise rows';
  const between = (min: number, max: number) => world.between(purpose, min, max);
  const at = (ask: Ask): TimedAsk => ({ delayMs: between(1, PAUSE_MS_MAX), ask });
  const asks: TimedAsk[] = [];
  const row = rows[between(0, rows.length - 1)] ?? '';
  if (world.chance(purpose, 0.3)) asks.push(at({ sweep: SWEEP, kind: 'rerun-row', row }));
  if (world.chance(purpose, 0.7)) {
    asks.push(at({ sweep: SWEEP, kind: 'add-repetitions', count: between(2, 3) }));
  }
  return asks;
}

/** Names what the table depends on beside the spec. */
export function lastingText(chains: readonly Chain[]): string {
  const asks = chains.flatMap((chain) => chain.map(({ ask }) => ask));
  return JSON.stringify(asks.filter(({ kind }) => LASTING.includes(kind)));
}
