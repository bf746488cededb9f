// SPDX-License-Identifier: Apache-2.0
/** What two environments are told to have unlike, and when a release is not one kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import type { NativeVirtual } from './native-virtual.js';
import { renderText } from './report/render-text.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions, RecordRow, Told } from './testing/record-options.js';
import { qemuRow } from './testing/sample-records.js';

const KERNELS = ['v6.16', 'v6.17'];

interface Sides {
  readonly virtual?: Partial<RecordRow>;
  readonly native?: Partial<RecordRow>;
  readonly record?: Partial<RecordOptions>;
}

function reportOf({ virtual, native, record }: Sides) {
  const kernels = KERNELS;
  const rows: RecordRow[] = [
    qemuRow(1, { kernels, ran: 'qemu-kvm', ...virtual }),
    { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels, ...native },
  ];
  const options = { seed: 1, hostsMax: 1, rows, repetitions: 4, baseline: 'v6.16', ...record };
  return analyseSweep(buildRecord(options));
}

const pairOf = (sides: Sides): NativeVirtual | undefined => reportOf(sides).sideBySide.pairs[0];
const flat = (sides: Sides): string => renderText(reportOf(sides)).replaceAll(/\s+/g, ' ');

const facts = (each: Readonly<Record<string, string>>) => ({ told: (): Told => ({ facts: each }) });
const before = (state: Readonly<Record<string, string>>, rest: Told = {}) => ({
  told: (): Told => ({
    ...rest,
    hygiene: { mode: 'observe', before: state, after: state, warnings: [], disturbances: [] },
  }),
});

test('sides that are alike have nothing told of them', () => {
  const same = before({ governor: 'performance' }, { facts: { thp_enabled: '[always]' } });
  const pair = pairOf({ virtual: same, native: same });
  assert.deepEqual(pair?.settings, { differences: [], native: [], virtual: [] });
  assert.doesNotMatch(flat({ virtual: same, native: same }), /settings that differ|set .* alone/);
});

test('what both sides tell otherwise is named with what each tells', () => {
  const sides = {
    virtual: facts({ clocksource_end: 'kvm-clock', thp_enabled: 'always', numa_nodes: '0-1' }),
    native: facts({ clocksource_end: 'tsc', thp_enabled: 'madvise', numa_nodes: '0' }),
  };
  const text = flat(sides);
  assert.match(
    text,
    /settings that differ: clocksource kvm-clock in the guest, tsc natively; huge pages always /,
  );
  assert.match(text, /NUMA nodes 0-1 in the guest, 0 natively/);
});

test('the host is held against itself: what was changed between the two is a difference', () => {
  const pair = pairOf({
    virtual: before({ governor: 'powersave', turbo: 'no_turbo=1', numa_balancing: '0' }),
    native: before({ governor: 'performance', turbo: 'no_turbo=0', numa_balancing: '0' }),
  });
  assert.deepEqual(pair?.settings.differences, [
    { words: 'frequency governor', native: 'performance', virtual: 'powersave' },
    { words: 'turbo', native: 'no_turbo=0', virtual: 'no_turbo=1' },
  ]);
});

test('names that guests and hosts have for one thing are held against each other', () => {
  const pair = pairOf({
    virtual: facts({ thp_shmem: 'never', vcpu_core_class: 'efficiency' }),
    native: before({ thp_shmem_enabled: 'always' }, { facts: { core_class: 'performance' } }),
  });
  assert.deepEqual(
    pair?.settings.differences.map(({ words, virtual, native }) => [words, virtual, native]),
    [
      ['huge pages of shared memory', 'never', 'always'],
      ['core class', 'efficiency', 'performance'],
    ],
  );
});

test('what only one side can have is named for that side', () => {
  const text = flat({
    virtual: {
      ...facts({ boot_trims: 'mitigations-off', overcommit: '4/2' }),
      guest: { hugePages: true, numaNodes: 2 },
    },
    native: { ...facts({ smp_by: 'offline' }), native: { scheduler: 'fifo:10', numaNode: 0 } },
  });
  assert.match(
    text,
    /set for the guest alone: overcommit: 4 vCPUs on 2 CPUs; boot trims mitigations-off, which may/,
  );
  assert.match(text, /2 NUMA nodes; memory on huge pages/);
  assert.match(
    text,
    /set natively alone: SMP by taking the other CPUs offline; scheduler fifo:10; bound to NUMA/,
  );
});

test('only kernels that ran in both have a say', () => {
  const told = (kernel: string): Told => ({
    facts: { thp_enabled: kernel === 'v6.17' ? 'never' : 'always' },
  });
  const native = { ...facts({ thp_enabled: 'always' }), kernels: ['v6.16'] };
  assert.deepEqual(pairOf({ virtual: { told }, native })?.settings.differences, []);
});

const OLD = '#1 SMP PREEMPT_DYNAMIC Debian 6.16.12-1 (2025-11-17)';
const NEW = '#1 SMP PREEMPT_DYNAMIC Debian 6.16.12-2 (2025-12-01)';

test('one release in two builds is not the same kernel, and the section says so', () => {
  const record = { releases: { 'v6.16': '6.16.12' } };
  const version = (build: string) => (kernel: string) => ({
    facts: { kernel_version: kernel === 'v6.16' ? build : '#1 other' },
  });
  const sides = { record, virtual: { told: version(OLD) }, native: { told: version(NEW) } };
  const pair = pairOf(sides);
  assert.deepEqual(
    pair?.matches.map(({ label }) => label),
    ['6.17.0-test'],
  );
  assert.deepEqual(pair?.otherBuilds, [
    { release: '6.16.12', nativeVersions: [NEW], virtualVersion: OLD },
  ]);
  const text = flat(sides);
  assert.ok(
    text.includes(
      `6.16.12 is not the same kernel in both environments: '${OLD}' in the guest, '${NEW}' native`,
    ),
    text,
  );
  assert.match(text, /only 6\.17\.0-test ran in both environments/);
  assert.deepEqual(pairOf({ ...sides, native: { told: version(OLD) } })?.otherBuilds, []);
});

test('a kernel that tells its version on one side only is not taken for the same', () => {
  const text = flat({ virtual: facts({ kernel_version: OLD }) });
  assert.match(text, /in the guest, of an unknown build natively/);
  assert.match(text, /no kernel ran in both environments/);
});

test('the version tells a patched kernel from its parent, whatever their names', () => {
  const told = (kernel: string): Told => ({
    facts: { kernel_version: kernel === 'patched' ? '#2 SMP' : '#1 SMP' },
  });
  const releases = { 'v6.16': '6.16.12', patched: '6.16.12', host: '6.16.12' };
  const pair = pairOf({
    record: { releases, baseline: 'v6.16' },
    virtual: { kernels: ['v6.16', 'patched'], told },
    native: { kernels: ['host'], told: () => ({ facts: { kernel_version: '#2 SMP' } }) },
  });
  assert.deepEqual(
    pair?.matches.map(({ virtual, native }) => [virtual, native]),
    [['patched', 'host']],
  );
});

test('two kernels of one release have an effect, told apart by name', () => {
  const kernels = ['v6.16', 'patched'];
  const releases = { 'v6.16': '6.16.12', patched: '6.16.12' };
  const text = flat({ record: { releases }, virtual: { kernels }, native: { kernels } });
  assert.match(text, /effect of 6\.16\.12 \(patched\) over 6\.16\.12 \(v6\.16\)/);
});

test('a host that was updated in the middle is two kernels, each with its own values', () => {
  const native = {
    kernels: ['v6.17'],
    told: (_: string, repetition: number): Told => ({
      facts: { kernel_version: repetition > 3 ? NEW : OLD },
    }),
  };
  const virtual = { kernels: ['v6.17'], ...facts({ kernel_version: NEW }) };
  const [level] =
    pairOf({ record: { baseline: 'v6.17' }, virtual, native })?.metrics[0]?.levels ?? [];
  assert.deepEqual([level?.native?.n, level?.virtual?.n], [1, 4]);
});
