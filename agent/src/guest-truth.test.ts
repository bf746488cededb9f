// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a record that lacks a fact or contradicts the order never passes. Method: the facts of a
 * real guest, from which one is taken away or changed at a time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_GUEST,
  DEFAULT_OUTPUT,
  type FailureClass,
  type GuestSettings,
} from '@labsweep/proto';
import { checkGuestTruth, checkRecordComplete, GUEST_TRUTH } from './guest-truth.js';
import type { GuestRequirements, TrialRequirements } from './trial-evidence.js';

const GUEST: GuestRequirements = {
  accelerator: 'tcg',
  memoryMib: 1024,
  settings: DEFAULT_GUEST,
  commandLine: 'console=ttyS0',
};

const FACTS: Readonly<Record<string, string>> = {
  kernel_release: '6.17.13+deb13-cloud-amd64',
  kernel_version: '#1 SMP PREEMPT_DYNAMIC Debian 6.17.13-1~bpo13+1 (2025-12-28)',
  kernel_banner: 'Linux version 6.17.13+deb13-cloud-amd64 (x86_64-linux-gnu-gcc-14 14.2.0) #1',
  online_cpus: '2',
  online_cpus_end: '2',
  cmdline: 'console=ttyS0',
  clocksource: 'tsc-early',
  clocksource_end: 'tsc-early',
  clock_resolution_ns: '61',
  clock_resolution_end_ns: '61',
  clock_getres_ns: '1',
  memory_total_kb: '990572',
  memory_available_end_kb: '887608',
  numa_nodes: '0',
  thp_enabled: '[always] madvise never',
  thp_enabled_end: '[always] madvise never',
  thp_shmem: 'always within_size advise [never] deny force',
  hypervisor: '1',
  cpu_model: 'QEMU Virtual CPU version 2.5+',
  tainted: '0',
  tainted_end: '0',
  steal_ticks_start: '0',
  steal_ticks_end: '0',
  boot_path: 'fast',
  boot_protocol: 'pvh',
  boot_trims: 'none',
  firmware: 'qboot',
  qemu_version: '7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)',
  accelerator: 'tcg',
  machine_type: 'pc-q35-7.2-machine',
  memory_configured_bytes: '1073741824',
  memory_preallocated: 'no',
  memory_huge_pages: 'no',
  vcpu_map: '0:0 1:1',
  emulator_cpus: '0-1',
  allowed_cpus: '0-1',
  allowed_cpus_end: '0-1',
  overcommit: 'none',
  cpu_features_dropped: 'none',
  shutdown_reason: 'debug-exit',
};

function check(facts: Readonly<Record<string, string>>, guest: GuestRequirements | undefined) {
  const asked: TrialRequirements = {
    environment: 'qemu-tcg',
    smp: 2,
    commandLine: '',
    output: DEFAULT_OUTPUT,
    metrics: ['ns'],
    expectations: [],
    ...(guest !== undefined && { guest }),
  };
  const seen = { transcript: { facts, stdout: [], stderr: [], complete: true } };
  return checkGuestTruth(asked, seen) ?? checkRecordComplete(asked, seen);
}

test('a whole record that is as asked passes', () => {
  assert.equal(check(FACTS, GUEST), undefined);
});

test('without a guest nothing of it is asked', () => {
  assert.equal(check({}, undefined), undefined);
});

test('each fact of the record is required, and named when it is missing', () => {
  const names = GUEST_TRUTH.flatMap(({ facts }) => facts);
  assert.deepEqual([...names].sort(), Object.keys(FACTS).sort());
  for (const name of names) {
    const { [name]: _gone, ...rest } = FACTS;
    const trouble = check(rest, GUEST);
    assert.equal(trouble?.class, 'record-incomplete', name);
    assert.ok(trouble.message.includes(`lacks ${name} (`), trouble.message);
  }
});

test('a machine that is not as asked has its class and says what was seen', () => {
  const cases: readonly [Record<string, string>, Partial<GuestSettings>, FailureClass, RegExp][] = [
    [{ accelerator: 'kvm' }, {}, 'accelerator-mismatch', /tcg was asked for, and QEMU uses kvm/],
    [
      { machine_type: 'pc-i440fx-7.2-machine' },
      {},
      'spawn-failed',
      /machine = q35 .* pc-i440fx-7\.2/,
    ],
    [{}, { machine: 'microvm' }, 'spawn-failed', /machine = microvm/],
    [{ memory_total_kb: '210000' }, {}, 'memory-mismatch', /1024 MiB .* kernel has 205 MiB$/],
    [{ memory_total_kb: '2000000' }, {}, 'memory-mismatch', /1953 MiB/],
    [{ memory_total_kb: 'absent' }, {}, 'memory-mismatch', /told of none/],
    [
      { memory_configured_bytes: '536870912' },
      {},
      'memory-mismatch',
      /memory_configured_bytes is 536870912, not 1073741824/,
    ],
    [{}, { hugePages: true }, 'memory-mismatch', /memory_preallocated is no, not yes/],
    [
      { memory_preallocated: 'yes' },
      { hugePages: true },
      'memory-mismatch',
      /memory_huge_pages is no, not yes/,
    ],
    [{}, { preallocate: true }, 'memory-mismatch', /memory_preallocated is no/],
    [{}, { numaNodes: 2 }, 'memory-mismatch', /numa = 2 .* the guest has 1 \(0\)/],
    [{ numa_nodes: 'absent' }, { numaNodes: 2 }, 'memory-mismatch', /has 1 \(absent\)/],
    [{ numa_nodes: '0-1' }, {}, 'memory-mismatch', /numa = 1 .* has 2 \(0-1\)/],
    [{ vcpu_map: '0:0 1:4' }, {}, 'placement-mismatch', /vCPU 1 is on CPUs '4', .* may use 0-1/],
    [{ vcpu_map: '0:0 1:' }, {}, 'placement-mismatch', /vCPU 1 is on CPUs ''/],
    [{ allowed_cpus_end: '0' }, {}, 'placement-mismatch', /changed from 0-1 to 0 while/],
    [{ overcommit: '4/2' }, {}, 'placement-mismatch', /\(4\/2\).*overcommit = true/],
  ];
  for (const [facts, settings, failureClass, message] of cases) {
    const guest = { ...GUEST, settings: { ...DEFAULT_GUEST, ...settings } };
    const trouble = check({ ...FACTS, ...facts }, guest);
    assert.equal(trouble?.class, failureClass, JSON.stringify([facts, settings]));
    assert.match(trouble.message, message);
  }
});

test('what the spec itself allows or limits is taken as its wish, or named as the cause', () => {
  const overcommitted = { ...GUEST, settings: { ...DEFAULT_GUEST, overcommit: true } };
  const shared = { ...FACTS, overcommit: '4/2', vcpu_map: '0:0-1 1:0-1 2:0-1 3:0-1' };
  assert.equal(check(shared, overcommitted), undefined);
  assert.equal(check({ ...FACTS, numa_nodes: 'absent' }, GUEST), undefined);
  const limited = { ...GUEST, commandLine: 'console=ttyS0 mem=256M' };
  const trouble = check({ ...FACTS, memory_total_kb: '210000' }, limited);
  assert.match(trouble?.message ?? '', /the spec's own mem=256M limits it/);
});
