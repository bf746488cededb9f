// SPDX-License-Identifier: Apache-2.0
/** Sweeps of one priority get the same host time, whatever their trials take. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { SweepId } from '@labsweep/proto';
import { submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';

const SPEC = submittedEntry().specText.replace('repetitions = 2', 'repetitions = 100');
const TRIAL_MS: Readonly<Record<string, number>> = { short: 1_000, long: 10_000, late: 1_000 };

const named = (sweep: string, changes = {}) =>
  submittedEntry({ sweep: sweep as SweepId, specText: SPEC, ...changes });

/** How much host time each sweep was given in so many blocks. */
function serve(lab: ScheduleLab, blocks: number): Map<string, number> {
  const servedMs = new Map<string, number>();
  for (let turn = 0; turn < blocks; turn += 1) {
    const [grant] = lab.grants();
    assert(grant);
    const { sweep, block, trials } = grant;
    const durationMs = TRIAL_MS[sweep] ?? 0;
    servedMs.set(sweep, (servedMs.get(sweep) ?? 0) + durationMs * trials.length);
    lab.fold(...wholeAttempt(block, { sweep, durationMs })).end('host-a');
  }
  return servedMs;
}

test('Two sweeps share by host time and not by blocks, once their durations are known.', () => {
  const lab = ScheduleLab.begun(named('short'), named('long')).come('host-a');
  // The first blocks of each row are granted by the guess of the spec.
  serve(lab, 4);
  const servedMs = serve(lab, 66);
  const [short, long] = [servedMs.get('short') ?? 0, servedMs.get('long') ?? 0];
  assert.ok(long > 0 && short > 0);
  // At most a block of the long one apart, and one that was granted by the guess.
  assert.ok(Math.abs(short - long) <= 2 * 20_000, `${short} ms and ${long} ms`);
});

test('A sweep that comes late starts where the others are, and does not make up for the past.', () => {
  const lab = ScheduleLab.begun(named('short')).come('host-a');
  serve(lab, 50);
  lab.fold(named('late', { atMs: 1 }));
  const servedMs = serve(lab, 20);
  const [short, late] = [servedMs.get('short') ?? 0, servedMs.get('late') ?? 0];
  assert.ok(short >= 8 * 2_000 && late >= 2_000, `${short} ms and ${late} ms`);
});
