// SPDX-License-Identifier: Apache-2.0
/** The plan of faults follows from its seed, keeps its promises, and leaves room to work. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { planFaults } from './fault-plan.js';

const TARGETS = {
  agents: ['agent-a', 'agent-b', 'agent-c'],
  controllers: ['controller-1', 'controller-2'],
  hosts: ['host-a', 'host-b', 'host-c'],
  disks: true,
  loss: true,
};
const MINUTES_15 = { durationMs: 15 * 60_000, intervalMs: 3_500, targets: TARGETS };

test('15 minutes hold at least 200 faults, of every kind, for any seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const faults = planFaults({ ...MINUTES_15, seed });
    assert.ok(faults.length >= 200, `seed ${seed}: ${faults.length}`);
    assert.equal(new Set(faults.map(({ kind }) => kind)).size, 12, `seed ${seed}`);
    assert.ok(faults.every(({ atMs, durationMs }) => atMs + durationMs <= 15 * 60_000));
  }
});

test('the same seed makes the same faults, another one others', () => {
  const faults = planFaults({ ...MINUTES_15, seed: 7 });
  assert.deepEqual(planFaults({ ...MINUTES_15, seed: 7 }), faults);
  assert.notDeepEqual(planFaults({ ...MINUTES_15, seed: 8 }), faults);
});

test('a part is not hurt twice at a time, and never are all agents stopped', () => {
  const faults = planFaults({ ...MINUTES_15, seed: 3 });
  const processes = faults.filter(({ kind }) => /^(kill|stop)/.test(kind));
  for (const fault of processes) {
    const others = processes.filter(
      ({ target, atMs }) =>
        target === fault.target && atMs > fault.atMs && atMs < fault.atMs + fault.durationMs,
    );
    assert.deepEqual(others, [], JSON.stringify(fault));
  }
});

test('what a machine cannot do is not planned', () => {
  const targets = { ...TARGETS, hosts: [], disks: false, loss: false };
  const faults = planFaults({ ...MINUTES_15, seed: 1, targets });
  assert.ok(faults.length >= 150, String(faults.length));
  assert.ok(faults.every(({ kind }) => /^(kill|stop)/.test(kind)));
});
