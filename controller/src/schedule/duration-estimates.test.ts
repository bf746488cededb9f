// SPDX-License-Identifier: Apache-2.0
/** What is learned of the time that trials take: what is told apart, and what is kept for later. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Environment, HostId, PlannedRow, Sha256, SweepId } from '@labsweep/proto';
import { applyEntry } from '../fold/apply-entry.js';
import { emptyLabState } from '../fold/lab-state.js';
import { outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { DurationEstimates } from './duration-estimates.js';
import { HOST_MEANS_MAX, KINDS_MAX, LabDurations } from './lab-durations.js';
import { learn } from './recent-mean.js';

const SUBMITTED = submittedEntry();
const NEXT = 'window-next' as SweepId;

class Estimates {
  private readonly lab = emptyLabState();
  private readonly estimates = new DurationEstimates(this.lab);

  constructor(...sweeps: readonly (typeof SUBMITTED)[]) {
    for (const sweep of sweeps) applyEntry(this.lab, sweep);
  }

  ran(row: string, host: string, environment: Environment, durationMs: number, sweep = SWEEP) {
    const changes = { sweep, host: host as HostId, environment, durationMs };
    this.estimates.observe(outcomeEntry(`${row}/r1/old`, changes));
    return this;
  }

  /** Without an environment: that of a row which may go anywhere. */
  of(row: string, sweep: SweepId, host = '', environment?: Environment): number {
    const place = environment && { host: host as HostId, environment };
    return this.estimates.trialMs(sweep, this.row(row, sweep), place);
  }

  guess(row: string, sweep: SweepId): number {
    return this.row(row, sweep).estimateMs;
  }

  forget(sweep: SweepId) {
    this.estimates.forget(sweep);
    return this;
  }

  private row(id: string, sweep: SweepId): PlannedRow {
    const row = this.lab.sweeps.get(sweep)?.rows.get(id as never);
    assert(row, id);
    return row;
  }
}

test('What a row took under KVM says nothing of it under emulation, on whatever host.', () => {
  const estimates = new Estimates(SUBMITTED)
    .ran('qemu-smp1', 'fast', 'qemu-kvm', 5_000)
    .ran('qemu-smp1', 'slow', 'qemu-tcg', 65_000);
  assert.equal(estimates.of('qemu-smp1', SWEEP, 'new', 'qemu-kvm'), 5_000);
  assert.equal(estimates.of('qemu-smp1', SWEEP, 'new', 'qemu-tcg'), 65_000);
  estimates.ran('qemu-smp1', 'fast', 'qemu-tcg', 45_000);
  assert.equal(estimates.of('qemu-smp1', SWEEP, 'fast', 'qemu-tcg'), 45_000, 'it has lost KVM');
  assert.equal(estimates.of('qemu-smp1', SWEEP, 'fast', 'qemu-kvm'), 5_000);
  assert.equal(estimates.of('qemu-smp1', SWEEP), (5_000 + 65_000 + 45_000) / 3, 'the time left');
});

test('The next sweep starts from what the last one took on each host, in each environment.', () => {
  const estimates = new Estimates(SUBMITTED, submittedEntry({ sweep: NEXT }))
    .ran('qemu-smp1', 'fast', 'qemu-kvm', 5_000)
    .ran('qemu-smp1', 'fast', 'qemu-kvm', 5_000)
    .ran('qemu-smp1', 'slow', 'qemu-kvm', 8_000)
    .ran('qemu-smp1', 'slow', 'qemu-tcg', 65_000)
    .ran('qemu-smp2', 'fast', 'qemu-kvm', 7_000)
    .forget(SWEEP);
  assert.equal(estimates.of('qemu-smp1', NEXT, 'fast', 'qemu-kvm'), 5_000);
  assert.equal(estimates.of('qemu-smp1', NEXT, 'slow', 'qemu-kvm'), 8_000);
  assert.equal(estimates.of('qemu-smp1', NEXT, 'new', 'qemu-kvm'), 6_000, 'the mean of the lab');
  assert.equal(estimates.of('qemu-smp1', NEXT, 'fast', 'qemu-tcg'), 65_000);
  assert.equal(estimates.of('qemu-smp2', NEXT, 'fast', 'qemu-kvm'), 7_000);
  const guess = estimates.guess('qemu-smp2', NEXT);
  assert.equal(estimates.of('qemu-smp2', NEXT, 'fast', 'qemu-tcg'), guess);
  assert.equal(estimates.of('qemu-smp1', NEXT), 6_000, 'where most of them ran');
  estimates.ran('qemu-smp1', 'slow', 'qemu-kvm', 9_000, NEXT);
  assert.equal(estimates.of('qemu-smp1', NEXT, 'fast', 'qemu-kvm'), 9_000, 'its own come first');
});

test('Trials of another workload, of other arguments or for another purpose are not like it.', () => {
  const { workload, specText } = SUBMITTED;
  const sha256 = 'e'.repeat(64) as Sha256;
  const words = specText.replace('[workload]', '[workload]\narguments = ["--rounds", "9"]');
  const audited = `${specText}[audit]\nrepetitions = 1\n`;
  const others = [
    submittedEntry({ sweep: 'a' as SweepId, workload: { ...workload, sha256 } }),
    submittedEntry({ sweep: 'b' as SweepId, specText: words }),
    submittedEntry({ sweep: 'c' as SweepId, specText: audited }),
  ];
  const estimates = new Estimates(SUBMITTED, ...others);
  estimates.ran('qemu-smp1', 'fast', 'qemu-kvm', 5_000);
  const of = (row: string, sweep: string) =>
    estimates.of(row, sweep as SweepId, 'fast', 'qemu-kvm');
  const guess = estimates.guess('qemu-smp1', SWEEP);
  assert.notEqual(guess, 5_000);
  assert.deepEqual([of('qemu-smp1', 'a'), of('qemu-smp1', 'b')], [guess, guess]);
  assert.equal(of('qemu-smp1', 'c'), 5_000);
  assert.notEqual(of('qemu-smp1-audit', 'c'), 5_000);
});

test('A trial that was not measured teaches nothing, and old ones fade.', () => {
  const estimates = new Estimates(SUBMITTED).ran('qemu-smp1', 'a', 'qemu-kvm', 1_000);
  for (let trial = 0; trial < 40; trial += 1) estimates.ran('qemu-smp1', 'a', 'qemu-kvm', 3_000);
  const taught = estimates.of('qemu-smp1', SWEEP, 'a', 'qemu-kvm');
  assert.ok(taught > 2_950 && taught < 3_000, String(taught));
  const lab = emptyLabState();
  applyEntry(lab, SUBMITTED);
  const failed = new DurationEstimates(lab);
  failed.observe(outcomeEntry('qemu-smp1/r1/old', { status: 'lab-failed', durationMs: 1 }));
  const row = lab.sweeps.get(SWEEP)?.rows.get('qemu-smp1' as never);
  assert(row);
  assert.equal(failed.trialMs(SWEEP, row), row.estimateMs);
});

test('What the lab keeps is bounded: old kinds lose their hosts, and then are forgotten.', () => {
  const durations = new LabDurations();
  const ran = (kind: string, host: string, durationMs: number) => {
    const { all, own } = durations.begin(kind, host as HostId);
    learn(all, durationMs);
    learn(own, durationMs);
  };
  const of = (kind: string, host: string) => durations.trialMs(kind, host as HostId);
  ran('old', 'a', 1_000);
  ran('old', 'b', 3_000);
  for (let host = 0; host < HOST_MEANS_MAX - 2; host += 1) ran('big', `host-${host}`, 500);
  assert.deepEqual([of('old', 'a'), of('old', 'b')], [1_000, 3_000]);
  ran('new', 'a', 7_000);
  assert.deepEqual([of('old', 'a'), of('old', 'b')], [2_000, 2_000], 'the mean of all is kept');
  assert.deepEqual([of('big', 'host-1'), of('new', 'a')], [500, 7_000]);
  ran('big', 'host-1', 500);
  for (let kind = 0; kind < KINDS_MAX - 1; kind += 1) ran(`kind-${kind}`, 'a', 9_000);
  assert.equal(of('old', 'a'), undefined);
  assert.equal(of('big', 'host-1'), 500, 'it was begun again, and others are older');
  assert.equal(of('new', 'a'), undefined);
  ran('one-more', 'a', 9_000);
  assert.equal(of('big', 'host-1'), undefined);
});
