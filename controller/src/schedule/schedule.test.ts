// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, HostDescription, HostId, LeaseId, LogEntry } from '@labsweep/proto';
import { applyEntry } from '../fold/apply-entry.js';
import { emptyLabState, type LabState } from '../fold/lab-state.js';
import {
  hostNamed,
  outcomeEntry,
  SWEEP,
  submittedEntry,
  wholeAttempt,
} from '../testing/lab-harness.js';
import { estimateRemainingMs } from './estimate-remaining.js';
import { RETURN_GRACE_MS, schedule } from './schedule.js';
import type { KnownHost, LiveLease, ScheduleView } from './schedule-view.js';
import { waitingRows } from './waiting-rows.js';

function labWith(...entries: readonly LogEntry[]): LabState {
  const lab = emptyLabState();
  for (const entry of [submittedEntry(), ...entries]) applyEntry(lab, entry);
  return lab;
}

const known = (description: HostDescription, changes: Partial<KnownHost> = {}): KnownHost => ({
  description,
  attached: true,
  seenAtMs: 0,
  ...changes,
});

function view(changes: Partial<ScheduleView>): ScheduleView {
  const hosts = [known(hostNamed('host-a'))];
  return { lab: labWith(), hosts, leases: [], startedAtMs: 0, nowMs: 1_000, ...changes };
}

const lease = (changes: Partial<LiveLease> = {}): LiveLease => ({
  lease: 'lease-1' as LeaseId,
  host: 'host-a' as HostId,
  sweep: SWEEP,
  block: 'qemu-smp1/r1' as BlockId,
  attempt: 1,
  environment: 'qemu-tcg',
  expiresAtMs: 5_000,
  ...changes,
});

const granted = (asked: ScheduleView) =>
  schedule(asked).flatMap((decision) =>
    decision.kind === 'grant' ? [`${decision.host} ${decision.block} a${decision.attempt}`] : [],
  );

test('idle hosts get blocks in plan order, one each', () => {
  const hosts = [known(hostNamed('host-a')), known(hostNamed('host-b'))];
  assert.deepEqual(granted(view({ hosts })), ['host-a qemu-smp1/r1 a1', 'host-b qemu-smp2/r1 a1']);
});

test('a host with a lease gets nothing, and a leased block goes to nobody else', () => {
  const hosts = [known(hostNamed('host-a')), known(hostNamed('host-b'))];
  assert.deepEqual(granted(view({ hosts, leases: [lease()] })), ['host-b qemu-smp2/r1 a1']);
});

test('a lease that has run out expires, and its block goes out again', () => {
  const decisions = schedule(view({ leases: [lease()], nowMs: 5_000 }));
  assert.equal(decisions[0]?.kind, 'expire');
  assert.deepEqual(granted(view({ leases: [lease()], nowMs: 5_000 })), ['host-a qemu-smp1/r1 a1']);
});

test('a half-run block goes on where it was on its host: only the open trials, same attempt', () => {
  const lab = labWith(outcomeEntry('qemu-smp2/r1/old'));
  const [grant] = schedule(view({ lab }));
  assert(grant?.kind === 'grant');
  assert.equal(grant.block, 'qemu-smp2/r1');
  assert.equal(grant.attempt, 1);
  assert.deepEqual(grant.trials, ['qemu-smp2/r1/new']);
});

test('another host waits for the owner of a half-run block, then starts it from the beginning', () => {
  const lab = labWith(
    ...wholeAttempt('qemu-smp2/r1'),
    ...wholeAttempt('qemu-smp1/r2'),
    ...wholeAttempt('qemu-smp2/r2'),
    outcomeEntry('qemu-smp1/r1/old'),
  );
  const away = known(hostNamed('host-a'), { attached: false, seenAtMs: 1_000 });
  const hosts = [away, known(hostNamed('host-b'))];
  assert.deepEqual(granted(view({ lab, hosts, nowMs: 1_000 + RETURN_GRACE_MS - 1 })), []);
  const decisions = schedule(view({ lab, hosts, nowMs: 1_000 + RETURN_GRACE_MS }));
  assert(decisions[0]?.kind === 'grant');
  assert.equal(decisions[0].attempt, 2);
  assert.equal(decisions[0].trials.length, 2);
});

test('KVM is preferred where it is proved, and a block that began under TCG is not finished by it', () => {
  const hosts = [known(hostNamed('host-a', ['qemu-kvm', 'qemu-tcg']))];
  const [first] = schedule(view({ hosts }));
  assert(first?.kind === 'grant');
  assert.equal(first.environment, 'qemu-kvm');
  const lab = labWith(outcomeEntry('qemu-smp1/r1/old'));
  const [second] = schedule(view({ hosts, lab }));
  assert(second?.kind === 'grant');
  assert.equal(second.attempt, 2);
  assert.equal(second.trials.length, 2);
});

test('a row that nobody can run is named with the reason, and the others are not', () => {
  const sweep = labWith().sweeps.get(SWEEP);
  assert(sweep);
  assert.match(waitingRows(sweep, [])[0]?.reason ?? '', /no agent is attached/);
  const native = [known(hostNamed('host-a', ['native']))];
  assert.match(waitingRows(sweep, native)[0]?.reason ?? '', /host-a: qemu-kvm: not offered/);
  const small = { ...hostNamed('host-a'), capacity: { cpus: 2, memoryMib: 100 } };
  assert.match(waitingRows(sweep, [known(small)])[0]?.reason ?? '', /100 MiB.*needs 512/);
  assert.deepEqual(waitingRows(sweep, [known(hostNamed('host-a'))]), []);
});

test('the time left follows from what was seen, and ends at zero', () => {
  const remaining = (...entries: LogEntry[]) => {
    const sweep = labWith(...entries).sweeps.get(SWEEP);
    assert(sweep);
    return estimateRemainingMs(sweep, 1);
  };
  const rows = ['qemu-smp1/r1', 'qemu-smp1/r2', 'qemu-smp2/r1', 'qemu-smp2/r2'];
  const seen = rows.slice(0, 3).flatMap((block) => wholeAttempt(block));
  assert.equal(remaining(...seen), 2 * 5_000);
  assert.equal(remaining(...rows.flatMap((block) => wholeAttempt(block))), 0);
  assert.ok(remaining() > 0);
});
