// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type CoreClass,
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_SCHEDULING,
  type Environment,
  type EnvironmentRequest,
  type HostDescription,
  type HygieneMode,
  type KernelName,
  type Permission,
  type PlannedRow,
  type RowId,
} from '@labsweep/proto';
import { hostNamed } from '../testing/lab-harness.js';
import { matchHost } from './match-host.js';

function row(environment: EnvironmentRequest, changes: Partial<PlannedRow> = {}): PlannedRow {
  const id = `${environment}-smp1` as RowId;
  return {
    id,
    purpose: 'timing',
    of: id,
    environment,
    shape: { smp: 1, memoryMib: environment === 'native' ? 0 : 512 },
    kernels: ['old' as KernelName],
    commandLine: '',
    deadlineMs: 1_000,
    estimateMs: 1_000,
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
    ...changes,
  };
}

function host(environments: Environment[], permissions: Permission[] = []): HostDescription {
  return { ...hostNamed('host-a', environments), permissions };
}

function reason(asked: PlannedRow, on: HostDescription, hygiene: HygieneMode = 'observe') {
  const match = matchHost(asked, { hygiene, scheduling: DEFAULT_SCHEDULING }, on);
  return match.environment === undefined ? match.reason : `runs in ${match.environment}`;
}

test('A guest with more CPUs than the host has runs only where the spec allows it.', () => {
  const shape = { smp: 4, memoryMib: 512 };
  const tcg = host(['qemu-tcg']);
  assert.equal(
    reason(row('qemu', { shape }), tcg),
    'host-a has 2 CPUs, the row needs 4; `overcommit = true` in its environment allows more, ' +
      'and marks the row',
  );
  const guest = { ...DEFAULT_GUEST, overcommit: true };
  assert.equal(reason(row('qemu', { shape, guest }), tcg), 'runs in qemu-tcg');
  assert.equal(reason(row('qemu', { shape: { smp: 2, memoryMib: 512 } }), tcg), 'runs in qemu-tcg');
});

test('A native row never has more CPUs than its host.', () => {
  const shape = { smp: 4, memoryMib: 0 };
  assert.equal(
    reason(row('native', { shape }), host(['native'])),
    'host-a has 2 CPUs, the row needs 4',
  );
});

test('CPUs count by core class, since a trial runs on one class alone.', () => {
  const hybrid = { performanceCpus: 8, efficiencyCpus: 4 };
  const on = (environment: Environment) => ({
    ...host([environment]),
    capacity: { cpus: 12, memoryMib: 8_192, hybrid },
  });
  const native = (smp: number, coreClass: CoreClass = 'any') =>
    reason(
      row('native', { shape: { smp, memoryMib: 0 }, native: { ...DEFAULT_NATIVE, coreClass } }),
      on('native'),
    );
  const has = 'host-a has 8 performance and 4 efficiency CPUs, the row needs';
  assert.equal(native(8), 'runs in native');
  assert.equal(native(9), `${has} 9 of one class`);
  assert.equal(native(4, 'efficiency'), 'runs in native');
  assert.equal(native(5, 'efficiency'), `${has} 5 of class efficiency`);
  assert.match(
    reason(row('qemu', { shape: { smp: 9, memoryMib: 512 } }), on('qemu-tcg')),
    /needs 9 of one class; `overcommit = true`/,
  );
  const slow = row('native', { native: { ...DEFAULT_NATIVE, coreClass: 'efficiency' } });
  assert.equal(
    reason(slow, host(['native'])),
    'host-a has 2 CPUs, the row needs 1 of class efficiency',
  );
});

test('Scripted trials have CPUs in any number.', () => {
  const shape = { smp: 64, memoryMib: 512 };
  assert.equal(
    reason(row('scripted', { shape }), host(['scripted']), 'enforce'),
    'runs in scripted',
  );
});

test('Enforcing the state of a host takes the leave to tune it.', () => {
  for (const [asked, environment] of [
    [row('native'), 'native'],
    [row('qemu'), 'qemu-tcg'],
  ] as const) {
    assert.equal(
      reason(asked, host([environment]), 'enforce'),
      'host-a may not change settings of its host, which `mode = "enforce"` of [hygiene] needs; ' +
        'start its agent with `--may tune`, or write `mode = "observe"`',
    );
    assert.equal(reason(asked, host([environment], ['tune']), 'enforce'), `runs in ${environment}`);
    assert.equal(reason(asked, host([environment]), 'require'), `runs in ${environment}`);
  }
});

test('Taking CPUs offline takes leave too; the automatic way asks for none.', () => {
  const offline = row('native', { native: { ...DEFAULT_NATIVE, smpBy: 'offline' } });
  assert.equal(
    reason(offline, host(['native'], ['tune'])),
    'host-a may not take CPUs offline, which `smp_by = "offline"` needs; start its agent with ' +
      '`--may tune,offline-cpus`, or write `smp_by = "affinity"`',
  );
  assert.equal(reason(offline, host(['native'], ['offline-cpus'])), 'runs in native');
  assert.equal(reason(row('native'), host(['native'])), 'runs in native');
});

test('A sweep that asks for labels or a class of hosts gets no other, and says what is lacking.', () => {
  const on = (labels: string[], model: string) => ({
    ...host(['qemu-tcg']),
    labels,
    facts: { cpu_model: model },
  });
  const ask = (asked: HostDescription) => {
    const scheduling = { ...DEFAULT_SCHEDULING, labels: ['rack=7', 'quiet'], hostClass: 'EPYC' };
    const match = matchHost(row('qemu'), { hygiene: 'observe', scheduling }, asked);
    return match.environment ?? match.reason;
  };
  assert.equal(ask(on(['quiet', 'rack=7', 'more'], 'AMD EPYC 7763')), 'qemu-tcg');
  assert.equal(
    ask(on(['quiet'], 'AMD EPYC 7763')),
    'host-a lacks the label rack=7; start its agent with `--label rack=7`',
  );
  assert.equal(
    ask(on(['quiet', 'rack=7'], 'Intel Xeon')),
    'host-a has Intel Xeon, the sweep asks for `host_class = "EPYC"`',
  );
});
