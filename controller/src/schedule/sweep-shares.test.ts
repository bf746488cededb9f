// SPDX-License-Identifier: Apache-2.0
/** Sweeps of one priority get the same host time, whatever their trials take. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, HostId, LeaseId, SweepId } from '@labsweep/proto';
import { submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { LEASE_DURATION_MS } from './lease-book.js';
import type { SweepQueue } from './sweep-queue.js';
import { SweepShares } from './sweep-shares.js';

const SPEC = submittedEntry().specText.replace('repetitions = 2', 'repetitions = 100');
const TRIAL_MS: Readonly<Record<string, number>> = { short: 1_000, long: 10_000, late: 1_000 };

const named = (sweep: string, changes = {}) =>
  submittedEntry({ sweep: sweep as SweepId, specText: SPEC, ...changes });

/**
 * How much host time each sweep was given in so many blocks. Beyond its trials each block of a
 * sweep has its host for `overheadMs`, which no estimate knows of.
 */
function serve(
  lab: ScheduleLab,
  blocks: number,
  overheadMs: Readonly<Record<string, number>> = {},
): Map<string, number> {
  const servedMs = new Map<string, number>();
  for (let turn = 0; turn < blocks; turn += 1) {
    const [grant] = lab.grants();
    assert(grant);
    const { sweep, block, trials } = grant;
    const durationMs = TRIAL_MS[sweep] ?? 0;
    const heldMs = durationMs * trials.length + (overheadMs[sweep] ?? 0);
    servedMs.set(sweep, (servedMs.get(sweep) ?? 0) + heldMs);
    lab
      .pass(heldMs)
      .fold(...wholeAttempt(block, { sweep, durationMs }))
      .end('host-a');
  }
  return servedMs;
}

test('Two sweeps share by host time and not by blocks, from the first block on.', () => {
  const lab = ScheduleLab.begun(named('short'), named('long')).come('host-a');
  const servedMs = serve(lab, 70);
  const [short, long] = [servedMs.get('short') ?? 0, servedMs.get('long') ?? 0];
  assert.ok(long > 0 && short > 0);
  // At most a block of the long one apart: what was granted by the guess of the spec is mended.
  assert.ok(Math.abs(short - long) <= 20_000, `${short} ms and ${long} ms`);
});

test('What the estimates do not know of is shared as well.', () => {
  const lab = ScheduleLab.begun(named('short'), named('late')).come('host-a');
  const servedMs = serve(lab, 60, { short: 18_000 });
  const [short, late] = [servedMs.get('short') ?? 0, servedMs.get('late') ?? 0];
  assert.ok(late > 0 && Math.abs(short - late) <= 20_000, `${short} ms and ${late} ms`);
});

test('A lease that is lost is charged for as long as it was held.', () => {
  const lab = ScheduleLab.begun(named('short')).come('host-a');
  const queue = lab.scheduler.queue('short' as SweepId);
  assert.equal(lab.grants().length, 1);
  const guessMs = queue?.usedMs ?? 0;
  assert.ok(guessMs > 0);
  lab.pass(40_000);
  lab.nowMs += LEASE_DURATION_MS;
  assert.deepEqual(lab.revoked(), ['host-a: the lease ran out']);
  assert.equal(queue?.usedMs, 40_000 + LEASE_DURATION_MS);
  assert.notEqual(guessMs, queue?.usedMs);
});

test('What a host brought along and gives back is charged, too.', () => {
  const lab = ScheduleLab.begun(named('short'));
  const queue = lab.scheduler.queue('short' as SweepId);
  lab.come('host-a');
  const held = { lease: 'of-before' as LeaseId, epoch: 1, sweep: 'short' as SweepId };
  const block = { block: 'qemu-smp1/r1' as BlockId, attempt: 1, environment: 'qemu-tcg' as const };
  assert.equal(lab.scheduler.keep('host-a' as HostId, { ...held, ...block }, 0), undefined);
  lab.pass(7_000).end('host-a', 'returned', 'the agent stops');
  assert.equal(queue?.usedMs, 7_000);
});

const queueOf = (id: string, usedMs = 0): SweepQueue => {
  const sweep = { spec: { scheduling: { priority: 0 } }, submitted: { atMs: 0 } };
  return { id, usedMs, sweep, openCount: () => 1 } as unknown as SweepQueue;
};

test('One that was charged too much gets what it was kept from; one that slept does not.', () => {
  const shares = new SweepShares();
  const [guessed, other, asleep] = [queueOf('guessed'), queueOf('other'), queueOf('asleep', 3)];
  shares.granted(guessed, 100);
  // Two hosts: what the other one is given in the meantime is not to be lost.
  for (let block = 0; block < 6; block += 1) shares.granted(other, 10);
  shares.ended(asleep, { chargedMs: 2, heldMs: 1 });
  shares.granted(asleep, 10);
  assert.equal(asleep.usedMs, 50 + 10, 'it begins where the others are');
  shares.ended(guessed, { chargedMs: 100, heldMs: 5 });
  assert.deepEqual(shares.inOrder([other, asleep, guessed])[0], guessed);
  shares.granted(guessed, 10);
  assert.equal(guessed.usedMs, 5 + 10);
});

test('A sweep that comes late starts where the others are, and does not make up for the past.', () => {
  const lab = ScheduleLab.begun(named('short')).come('host-a');
  serve(lab, 50);
  lab.fold(named('late', { atMs: 1 }));
  const servedMs = serve(lab, 20);
  const [short, late] = [servedMs.get('short') ?? 0, servedMs.get('late') ?? 0];
  assert.ok(short >= 8 * 2_000 && late >= 2_000, `${short} ms and ${late} ms`);
});
