// SPDX-License-Identifier: Apache-2.0
/** When a host leaves a block to another one, and for how long; which block comes last. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, KernelName, SweepId } from '@labsweep/proto';
import {
  hostCommanded,
  hostNamed,
  outcomeEntry,
  submittedEntry,
  wholeAttempt,
} from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { OTHER_HOST_MAX_MS } from './pick-block.js';
import { RETRY_DELAY_MIN_MS } from './retry-delay.js';

const A = 'host-a' as HostId;
const B = 'host-b' as HostId;

/** The harness's spec, with so many repetitions at these SMP counts. */
const planned = (repetitions: number, smp: readonly number[], sweep?: SweepId) => {
  const specText = submittedEntry()
    .specText.replace('repetitions = 2', `repetitions = ${repetitions}`)
    .replace('smp = [1, 2]', `smp = [${smp.join(', ')}]`);
  return submittedEntry({ specText, ...(sweep === undefined ? {} : { sweep }) });
};

test('A host where a kernel is in quarantine leaves whole blocks to one that may run all of it.', () => {
  const lab = ScheduleLab.begun(planned(2, [1])).come('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r1 a1']);
  const kernel = 'new' as KernelName;
  lab.fold(hostCommanded({ kind: 'quarantine', host: A, kernel, reason: 'it hangs here' }));
  lab.come('host-a');
  assert.deepEqual(lab.granted(), [], 'host-b is busy, and gets it next');
  lab.fold(...wholeAttempt('qemu-smp1/r1', { host: B })).end('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r2 a1']);
});

test('Where no other host may run all of it, a host measures the kernels that it may.', () => {
  const lab = ScheduleLab.begun(planned(2, [1])).come('host-b');
  lab.decide();
  const kernel = 'new' as KernelName;
  lab.fold(hostCommanded({ kind: 'quarantine', host: A, kernel, reason: 'it hangs here' }));
  lab.fold(hostCommanded({ kind: 'drain', host: B })).come('host-a');
  const [grant] = lab.grants();
  assert.deepEqual([grant?.host, grant?.trials], [A, ['qemu-smp1/r2/old']]);
});

test('A host that failed a block gets it again when another one was waited for long enough.', () => {
  const lab = ScheduleLab.begun(planned(1, [1, 2])).come('host-a', 'host-b');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1', 'host-b qemu-smp2/r1 a1']);
  lab.fold(...wholeAttempt('qemu-smp1/r1', { status: 'lab-failed' })).end('host-a');
  // Host-b works on, and renews its lease, all that time.
  lab.pass(RETRY_DELAY_MIN_MS);
  assert.deepEqual(lab.granted(), [], 'host-b could take it');
  assert.deepEqual(lab.pass(OTHER_HOST_MAX_MS - 1).granted(), []);
  assert.deepEqual(lab.pass(1).granted(), ['host-a qemu-smp1/r1 a2']);
});

const HOSTS = ['a', 'b', 'c', 'd'];
const SMP = [1, 2, 4, 8, 16];
const big = (name: string) => ({ ...hostNamed(name), capacity: { cpus: 64, memoryMib: 8_192 } });
const trialMsOf = (block: string) => 1_000 * Number(/smp(\d+)/.exec(block)?.[1]);

/** Runs all that is granted to its end; the answer is how long it took. */
function runOut(lab: ScheduleLab): number {
  const fromMs = lab.nowMs;
  const running = new Map<string, { trials: readonly string[]; sweep: SweepId; untilMs: number }>();
  for (;;) {
    for (const { host, sweep, block, trials } of lab.grants()) {
      running.set(host, { trials, sweep, untilMs: lab.nowMs + 2 * trialMsOf(block) });
    }
    if (running.size === 0) return lab.nowMs - fromMs;
    const [host, { trials, sweep, untilMs }] = [...running].reduce((one, other) =>
      other[1].untilMs < one[1].untilMs ? other : one,
    );
    running.delete(host);
    lab.pass(untilMs - lab.nowMs);
    for (const trial of trials) {
      const changes = { sweep, host: host as HostId, durationMs: trialMsOf(trial) };
      lab.fold(outcomeEntry(trial, changes));
    }
    lab.end(host);
  }
}

/** How long hosts that take the blocks in this order need, each whenever it is free. */
function takeInOrder(smp: readonly number[]): number {
  const busyMs = HOSTS.map(() => 0);
  for (const each of smp) {
    const first = busyMs.indexOf(Math.min(...busyMs));
    busyMs[first] = (busyMs[first] ?? 0) + 2 * trialMsOf(`smp${each}`);
  }
  return Math.max(...busyMs);
}

test('At the tail the longest rows go first, which ends sooner than the order of the plan.', () => {
  const [first, second] = ['first', 'second'] as SweepId[];
  const lab = ScheduleLab.begun(planned(1, SMP, first)).come(...HOSTS.map(big));
  const longestFirst = takeInOrder([...SMP].reverse());
  assert.ok(longestFirst < takeInOrder(SMP), 'the rows tell one order from the other');
  assert.equal(runOut(lab), takeInOrder(SMP), 'nothing is known of them yet but the guess');
  lab.fold(planned(1, SMP, second));
  assert.equal(runOut(lab), longestFirst, 'what the sweep before took is known of each row');
});
