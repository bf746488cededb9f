// SPDX-License-Identifier: Apache-2.0
/** That the host of a row under `pin-row` is the same for the controller that takes over. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HeldLease, HostId, LogEntry } from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { REATTACH_MAX_MS } from './awaited-hosts.js';

const A = 'host-a' as HostId;
const B = 'host-b' as HostId;
const SPEC = `${submittedEntry()
  .specText.replace('repetitions = 2', 'repetitions = 6')
  .replace('smp = [1, 2]', 'smp = [1]')}[schedule]\nplacement = "pin-row"\n`;
const SUBMITTED = submittedEntry({ specText: SPEC });

/** The hosts of the next blocks, one after the other, of a controller that has read this log. */
function takeOver(...log: readonly LogEntry[]): ScheduleLab {
  const lab = ScheduleLab.begun(SUBMITTED, ...log).come('host-b', 'host-a');
  return lab.pass(REATTACH_MAX_MS);
}

const held = (block: number): HeldLease => ({
  ...{ sweep: SWEEP, block: `qemu-smp1/r${block}` as never, attempt: 1, epoch: 1 },
  ...{ lease: 'lease-x' as never, environment: 'qemu-tcg' },
});

const ran = (block: number, host: HostId) => wholeAttempt(`qemu-smp1/r${block}`, { host });

test('A controller that takes over leaves a row to the host that has run its blocks.', () => {
  assert.deepEqual(takeOver(...ran(1, A), ...ran(2, A)).granted(), ['host-a qemu-smp1/r3 a1']);
});

test('A row that went to another host when its first was away stays where it went.', () => {
  const log = [...ran(1, A), ...ran(2, A), ...ran(3, B)];
  assert.deepEqual(takeOver(...log).granted(), ['host-b qemu-smp1/r4 a1']);
  const begun = [...ran(1, B), outcomeEntry('qemu-smp1/r2/old', { host: A })];
  assert.deepEqual(takeOver(...begun).granted(), ['host-a qemu-smp1/r2 a1']);
});

for (const when of ['before', 'after'] as const) {
  test(`A block that is in the hands of a host pins its row, told ${when} the log is read.`, () => {
    const lab = new ScheduleLab(SUBMITTED);
    if (when === 'after') lab.scheduler.begin(0);
    lab.come('host-a', 'host-b');
    assert.equal(lab.scheduler.keep(A, held(1), 0), undefined);
    if (when === 'before') lab.scheduler.begin(0);
    assert.deepEqual(lab.granted(), [], 'host-b leaves the row to host-a');
    lab.fold(...ran(1, A)).end('host-a');
    assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r2 a1']);
  });
}

test('A late outcome of a host that has lost the row does not take it back.', () => {
  const lab = ScheduleLab.begun(SUBMITTED, ...ran(1, A)).come('host-b');
  const [grant] = lab.pass(2 * 60_000).grants();
  assert.deepEqual([grant?.host, grant?.block], [B, 'qemu-smp1/r2']);
  lab.come('host-a').fold(...ran(2, A));
  assert.deepEqual(lab.revoked(), ['host-b: the block was decided by another attempt']);
  lab.scheduler.roster.ended(B, 'stopped', lab.nowMs);
  lab.scheduler.tick();
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r3 a1']);
});

test('A host that comes back to what it had begun does not get it while another has the row.', () => {
  const half = (block: number, host: HostId) => outcomeEntry(`qemu-smp1/r${block}/old`, { host });
  const lab = takeOver(...ran(1, A), half(2, A), half(3, B));
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r3 a1']);
  lab.fold(outcomeEntry('qemu-smp1/r3/new', { host: B })).end('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r2 a2'], 'it does not wait for host-a either');
});

test('A host that goes on with an earlier block does not take the row back.', () => {
  const lab = ScheduleLab.begun(SUBMITTED, ...ran(1, A)).come('host-b');
  assert.deepEqual(lab.pass(2 * 60_000).granted(), ['host-b qemu-smp1/r2 a1']);
  lab.come('host-a');
  assert.equal(lab.scheduler.keep(A, held(6), lab.nowMs), undefined);
  lab.fold(...ran(2, B)).end('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r3 a1']);
});

test('A host that goes on with the first block does not take a row whose last ones went elsewhere.', () => {
  for (const isBegun of [true, false]) {
    const lab = new ScheduleLab(SUBMITTED, ...ran(2, B));
    if (isBegun) lab.scheduler.begin(0);
    lab.come('host-a');
    assert.equal(lab.scheduler.keep(A, held(1), 0), undefined);
    if (!isBegun) lab.scheduler.begin(0);
    lab.come('host-b').pass(REATTACH_MAX_MS);
    assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r3 a1']);
  }
});
