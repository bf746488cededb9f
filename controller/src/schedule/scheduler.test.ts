// SPDX-License-Identifier: Apache-2.0
/** Who gets which block, and when a block is given to another. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostDescription, HostId, LogEntry, SweepId } from '@labsweep/proto';
import {
  hostCommanded,
  hostNamed,
  outcomeEntry,
  SWEEP,
  submittedEntry,
  wholeAttempt,
} from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { REATTACH_MAX_MS } from './awaited-hosts.js';
import { estimateRemainingMs } from './estimate-remaining.js';
import { graceMsOf } from './grace.js';
import { SILENT_MAX_MS } from './host-roster.js';
import { LEASE_DURATION_MS } from './lease-book.js';
import { RETRY_DELAY_MIN_MS } from './retry-delay.js';

const SUBMITTED = submittedEntry();
const GRACE_MS = 120_000;

/** The harness's spec with a table `[schedule]`. */
const scheduled = (lines: string, changes: Partial<typeof SUBMITTED> = {}) =>
  submittedEntry({ specText: `${SUBMITTED.specText}[schedule]\n${lines}\n`, ...changes });

const A = 'host-a' as HostId;
const B = 'host-b' as HostId;

test('Idle hosts get blocks in plan order, one each, and no block twice.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a', 'host-b');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1', 'host-b qemu-smp2/r1 a1']);
  assert.deepEqual(lab.granted(), []);
  lab.fold(...wholeAttempt('qemu-smp1/r1')).end('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp2/r2 a1'], 'the longer row at the tail');
});

test('A lease lives by its renewals under its own epoch, and its block goes out again after it.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  const [grant] = lab.grants();
  assert(grant);
  const { host, lease, epoch } = grant;
  lab.nowMs = LEASE_DURATION_MS - 1;
  assert.equal(lab.scheduler.renew({ host, lease, epoch: epoch + 1 }, lab.nowMs), false);
  assert.equal(lab.scheduler.renew({ host: B, lease, epoch }, lab.nowMs), false);
  assert.equal(lab.scheduler.renew({ host, lease, epoch }, lab.nowMs), true);
  lab.nowMs += LEASE_DURATION_MS - 1;
  assert.deepEqual(lab.revoked(), []);
  lab.nowMs += 1;
  assert.deepEqual(lab.revoked(), ['host-a: the lease ran out']);
  assert.equal(lab.scheduler.renew({ host, lease, epoch }, lab.nowMs), false);
  lab.come('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r1 a1']);
});

test('A host whose worker hangs gets nothing until it has said that it stopped.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  const [grant] = lab.grants();
  assert(grant);
  lab.nowMs = LEASE_DURATION_MS;
  lab.scheduler.roster.heard(A, lab.nowMs);
  lab.decide();
  assert.deepEqual(lab.pass(1_000).granted(), []);
  lab.scheduler.ended(A, { lease: grant.lease, end: 'returned', reason: '' }, lab.nowMs);
  assert.equal(lab.granted().length, 1);
});

test('A session that is silent gets nothing, although its stream is open.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  lab.nowMs = SILENT_MAX_MS + 1;
  assert.deepEqual(lab.granted(), []);
  lab.scheduler.roster.heard(A, lab.nowMs);
  lab.scheduler.tick();
  assert.equal(lab.granted().length, 1);
});

test('A half-run block goes on where it was on its host: only the open trials, same attempt.', () => {
  const lab = ScheduleLab.begun(SUBMITTED, outcomeEntry('qemu-smp2/r1/old')).come('host-a');
  const [grant] = lab.grants();
  assert.equal(grant?.block, 'qemu-smp2/r1');
  assert.equal(grant.attempt, 1);
  assert.deepEqual(grant.trials, ['qemu-smp2/r1/new']);
});

test('Another host waits for the owner of a half-run block, then starts it from the beginning.', () => {
  const lab = ScheduleLab.begun(
    SUBMITTED,
    ...['qemu-smp2/r1', 'qemu-smp1/r2', 'qemu-smp2/r2'].flatMap((block) => wholeAttempt(block)),
    outcomeEntry('qemu-smp1/r1/old'),
  ).come('host-b');
  assert.deepEqual(lab.pass(GRACE_MS - 1).granted(), []);
  const [grant] = lab.pass(1).grants();
  assert.equal(grant?.attempt, 2);
  assert.equal(grant.trials.length, 2);
});

test('Each environment has its own grace, and the spec another for all.', () => {
  const { scheduling } = ScheduleLab.begun(SUBMITTED).state.sweeps.get(SWEEP)?.spec ?? {};
  assert(scheduling);
  assert.equal(graceMsOf(scheduling, 'native'), 30 * 60_000);
  assert.equal(graceMsOf(scheduling, 'scripted'), 10_000);
  assert.equal(graceMsOf({ ...scheduling, graceMs: 7 }, 'native'), 7);
});

test('KVM is preferred where it is proved, and what began under TCG is not finished by it.', () => {
  const both = hostNamed('host-a', ['qemu-kvm', 'qemu-tcg']);
  assert.equal(ScheduleLab.begun(SUBMITTED).come(both).grants()[0]?.environment, 'qemu-kvm');
  const begun = ScheduleLab.begun(SUBMITTED, outcomeEntry('qemu-smp1/r1/old')).come(both);
  const [grant] = begun.grants();
  assert.equal(grant?.attempt, 2);
  assert.equal(grant.trials.length, 2);
});

test('What the lab failed rests, and then goes to another host where there is one.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a', 'host-b');
  lab.decide();
  lab.fold(...wholeAttempt('qemu-smp1/r1', { status: 'lab-failed' })).end('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r2 a1'], 'it rests');
  lab.pass(RETRY_DELAY_MIN_MS);
  lab.fold(...wholeAttempt('qemu-smp1/r2')).end('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp2/r2 a1'], 'the other host fits, and is busy');
  lab.fold(...wholeAttempt('qemu-smp2/r1', { host: B })).end('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r1 a2']);
  lab.fold(...wholeAttempt('qemu-smp1/r1', { status: 'lab-failed', host: B, attempt: 2 }));
  lab.end('host-b').pass(RETRY_DELAY_MIN_MS);
  assert.deepEqual(lab.granted(), [], 'the rest doubles');
  assert.deepEqual(lab.pass(RETRY_DELAY_MIN_MS).granted(), ['host-b qemu-smp1/r1 a3']);
});

test('When a block is decided by a late attempt, the lease on it ends.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  lab.decide();
  lab.fold(...wholeAttempt('qemu-smp1/r1', { host: B }));
  assert.deepEqual(lab.revoked(), ['host-a: the block was decided by another attempt']);
});

test('A drained host gets no block, and does not keep what it has begun.', () => {
  const lab = ScheduleLab.begun(SUBMITTED, outcomeEntry('qemu-smp1/r1/old'));
  lab.fold(hostCommanded({ kind: 'drain', host: A })).come('host-a');
  assert.deepEqual(lab.granted(), []);
  assert.match(lab.waiting()[0] ?? '', /host-a is drained/);
  assert.deepEqual(lab.come('host-b').granted(), ['host-b qemu-smp1/r1 a2']);
  lab.fold(hostCommanded({ kind: 'undrain', host: A }));
  assert.equal(lab.granted().length, 1);
});

test('A quarantined host gets nothing, a quarantined kernel is left out of its blocks.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  lab.fold(hostCommanded({ kind: 'quarantine', host: A, reason: 'it burns' }));
  assert.deepEqual(lab.granted(), []);
  assert.match(lab.waiting()[0] ?? '', /host-a is quarantined: it burns/);
  lab.fold(hostCommanded({ kind: 'release', host: A }));
  const kernel = 'old' as never;
  lab.fold(hostCommanded({ kind: 'quarantine', kernel, reason: 'it hangs' }));
  const [grant] = lab.grants();
  assert.deepEqual(grant?.trials, ['qemu-smp1/r1/new']);
});

test('A paused sweep gets nothing more, and goes on when it is resumed.', () => {
  const command = (kind: 'pause' | 'resume' | 'cancel') =>
    ({
      type: 'commanded',
      sweep: SWEEP,
      id: kind,
      atMs: 1,
      by: 'tester',
      command: { kind },
    }) as const;
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a').fold(command('pause'));
  assert.deepEqual(lab.granted(), []);
  assert.equal(lab.fold(command('resume')).granted().length, 1);
  assert.deepEqual(lab.fold(command('cancel')).revoked(), ['host-a: the sweep was cancelled']);
});

test('Sweeps go by priority, and equal ones share.', () => {
  const of = (name: string, lines: string) => scheduled(lines, { sweep: name as SweepId });
  const lab = ScheduleLab.begun(of('low', 'priority = -1'), of('one', ''), of('two', ''));
  const order: string[] = [];
  lab.come('host-a');
  for (let turn = 0; turn < 12; turn += 1) {
    const [grant] = lab.grants();
    assert(grant);
    order.push(grant.sweep);
    const changes = { sweep: grant.sweep, durationMs: 10_000 };
    lab
      .pass(20_000)
      .fold(...wholeAttempt(grant.block, changes))
      .end('host-a');
  }
  const shared = ['one', 'two', 'one', 'two', 'one', 'two', 'one', 'two'];
  assert.deepEqual(order, [...shared, 'low', 'low', 'low', 'low']);
});

test('With `pin-row` all blocks of a row go where its first one went.', () => {
  const lab = ScheduleLab.begun(scheduled('placement = "pin-row"')).come('host-a', 'host-b');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1', 'host-b qemu-smp2/r1 a1']);
  lab.fold(...wholeAttempt('qemu-smp2/r1', { host: B })).end('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp2/r2 a1']);
  lab.fold(...wholeAttempt('qemu-smp2/r2', { host: B })).end('host-b');
  assert.deepEqual(lab.granted(), []);
});

test('A block that waits for a kernel in quarantine does not hide those behind it.', () => {
  const lab = ScheduleLab.begun(SUBMITTED).come('host-a');
  const kernel = SUBMITTED.kernels[1]?.name;
  assert(kernel);
  lab.fold(hostCommanded({ kind: 'quarantine', host: A, kernel, reason: 'its trials fail' }));
  const done: string[] = [];
  for (let [grant] = lab.grants(); grant !== undefined; [grant] = lab.grants()) {
    done.push(grant.block);
    for (const trial of grant.trials) lab.fold(outcomeEntry(trial, { host: A }));
    lab.end('host-a');
  }
  assert.equal(new Set(done).size, 4, done.join(' '));
  assert.equal(lab.waiting().length, 2, 'both rows say what they wait for');
  for (const reason of lab.waiting()) assert.match(reason, /is quarantined on host-a: its trials/);
});

test('A row that is pinned to a host that is away says so, until its grace is over.', () => {
  const joined = { type: 'host-joined', sweep: SWEEP, atMs: 1, hostName: 'box-b' } as const;
  const more = { session: 's', facts: {}, supports: [], permissions: [] };
  const lab = ScheduleLab.begun(scheduled('placement = "pin-row"'), {
    ...joined,
    host: B,
    ...more,
  });
  lab.come('host-a', 'host-b');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1', 'host-b qemu-smp2/r1 a1']);
  lab.fold(...wholeAttempt('qemu-smp2/r1', { host: B })).end('host-b');
  assert.deepEqual(lab.waiting(), []);
  lab.scheduler.left(B, lab.nowMs);
  assert.deepEqual(lab.waiting(), [
    'qemu-smp2 it is pinned to box-b, which is away or in trouble; after 2 min another host gets it',
  ]);
  assert.deepEqual(lab.pass(2 * 60_000).waiting(), []);
});

test('An agent in trouble gets nothing until that is over, and what it began waits for its grace.', () => {
  const lab = ScheduleLab.begun(SUBMITTED);
  lab.comeAs('host-a', { trouble: 'the disk is full' });
  assert.deepEqual(lab.granted(), []);
  lab.scheduler.roster.troubled(A, '', lab.nowMs);
  const [first] = lab.pass(1_000).grants();
  assert.equal(first?.host, A);
  const [trial] = first?.trials ?? [];
  assert.ok(trial !== undefined);
  lab.fold(outcomeEntry(trial, { host: A })).end('host-a', 'returned');
  lab.scheduler.roster.troubled(A, 'the disk is full', lab.nowMs);
  lab.come('host-b');
  assert.deepEqual(
    lab.granted().map((grant) => grant.split(' ')[0]),
    ['host-b'],
    'another block',
  );
  lab.end('host-b').pass(2 * 60_000);
  assert.ok(lab.granted().includes(`host-b ${first?.block} a2`), 'the grace is over');
});

test('A controller that starts waits a little for the hosts that worked before.', () => {
  const joined = { type: 'host-joined', sweep: SWEEP, atMs: 1, hostName: 'host-a' } as const;
  const more = { session: 's', facts: {}, supports: [], permissions: [] };
  const lab = ScheduleLab.begun(SUBMITTED, { ...joined, host: A, ...more });
  assert.deepEqual(lab.come('host-b').granted(), []);
  lab.come('host-a');
  const held = { sweep: SWEEP, block: 'qemu-smp1/r1' as never, attempt: 1, epoch: 1 };
  const environment = 'qemu-tcg' as const;
  const lease = 'lease-x' as never;
  assert.equal(lab.scheduler.keep(A, { ...held, lease, environment }, 0), undefined);
  assert.deepEqual(lab.granted(), ['host-b qemu-smp2/r1 a1']);
  const other = ScheduleLab.begun(SUBMITTED, { ...joined, host: A, ...more }).come('host-b');
  assert.equal(other.pass(REATTACH_MAX_MS).granted().length, 1);
});

test('A row that nobody can run is named with the reason, and the others are not.', () => {
  const reasons = (...hosts: readonly (string | HostDescription)[]) =>
    ScheduleLab.begun(SUBMITTED)
      .come(...hosts)
      .waiting();
  assert.match(reasons()[0] ?? '', /no agent is attached/);
  assert.match(reasons(hostNamed('host-a', ['native']))[0] ?? '', /host-a: qemu-kvm: not offered/);
  const small = { ...hostNamed('host-a'), capacity: { cpus: 2, memoryMib: 100 } };
  assert.match(reasons(small)[0] ?? '', /100 MiB.*needs 512/);
  assert.deepEqual(reasons('host-a'), []);
});

test('The time left follows from what was seen, and ends at zero.', () => {
  const rows = ['qemu-smp1/r1', 'qemu-smp1/r2', 'qemu-smp2/r1'];
  const remaining = (...entries: readonly LogEntry[]) => {
    const { scheduler } = ScheduleLab.begun(SUBMITTED, ...entries);
    const queue = scheduler.queue(SWEEP);
    assert(queue);
    return estimateRemainingMs(queue, scheduler.estimates, 1);
  };
  assert.equal(remaining(...rows.flatMap((block) => wholeAttempt(block))), 2 * 5_000);
  assert.ok(remaining() > 0);
});
