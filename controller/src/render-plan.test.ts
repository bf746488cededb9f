// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  type EnvironmentSpec,
  type KernelName,
  type Spec,
} from '@labsweep/proto';
import { planSweep } from './plan/plan-sweep.js';
import { kernelNames, makeSpec } from './plan/testing/random-spec.js';
import { renderPlan } from './render-plan.js';

const QEMU: EnvironmentSpec = {
  environment: 'qemu',
  shapes: [
    { smp: 1, memoryMib: 1024 },
    { smp: 16, memoryMib: 2048 },
  ],
  kernels: kernelNames(3),
  commandLine: '',
  deadlineMs: 300_000,
  estimateMs: 12_000,
  guest: DEFAULT_GUEST,
  native: DEFAULT_NATIVE,
};
const NATIVE: EnvironmentSpec = {
  ...QEMU,
  environment: 'native',
  shapes: [{ smp: 2, memoryMib: 0 }],
  kernels: ['v6.0' as KernelName],
  estimateMs: 500,
};

/**
 * The orders in it are frozen too: a release that shuffles otherwise breaks sweeps that are under
 * way.
 */
test('A plan shows the kernels, the rows, the blocks in their order, and the time.', () => {
  const spec = makeSpec({
    environments: [QEMU, NATIVE],
    kernels: kernelNames(3),
    repetitions: 2,
    seed: 20260623,
  });
  assert.equal(renderPlan({ spec, plan: planSweep(spec) }), GOLDEN);
});

test('No plan is wider than 80 columns or leaves ASCII.', () => {
  const kernels = Array.from({ length: 40 }, (_, index) => {
    return `linux-next-20260623-of-the-lab-${index}` as KernelName;
  });
  const wide = { ...QEMU, kernels, shapes: [{ smp: 1024, memoryMib: 16_777_216 }] };
  const tcg = { ...wide, environment: 'qemu-tcg' } as const;
  const other = { ...tcg, commandLine: 'quiet' };
  const spec = makeSpec({ environments: [wide, tcg, other], kernels, repetitions: 1000, seed: 1 });
  const text = renderPlan({
    spec: {
      ...spec,
      workload: {
        ...spec.workload,
        program: { kind: 'source', path: `${'Größe/'.repeat(30)}a b.c` },
      },
    },
    plan: planSweep(spec),
  });
  const widest = text.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  assert.equal(widest <= 80, true, `the widest line has ${widest} columns`);
  assert.match(text, /^[\n -~]*$/);
});

test('A plan shows what is not as usual, and what runs beside the rows.', () => {
  const guest = { ...DEFAULT_GUEST, overcommit: true, trims: ['mitigations-off'] } as const;
  const native = { ...DEFAULT_NATIVE, cpus: '2-5', smpBy: 'offline', settleMs: 1500 } as const;
  const spec = makeSpec({
    environments: [
      { ...QEMU, guest },
      { ...NATIVE, native },
    ],
    kernels: kernelNames(3),
    repetitions: 1,
    seed: 1,
  });
  const asked: Spec = {
    ...spec,
    hygiene: 'require',
    audit: { repetitions: 2 },
    attribution: { repetitions: 1, functions: ['change_protection', 'do_mincore'] },
    workload: {
      ...spec.workload,
      files: { 'input.dat': 'data/input.dat' },
      output: { adapter: 'json-lines', pattern: '', rowKeys: ['mapping_mb'] },
    },
  };
  const text = renderPlan({ spec: asked, plan: planSweep(asked) });
  const notes = text.slice(text.indexOf('Settings'), text.indexOf('Blocks, in the order'));
  assert.equal(notes, NOTES);
  assert.match(text, /\n3 rows and 5 beside them, 11 blocks, 27 trials\.\n/);
});

const NOTES = `Settings that are not the usual ones
  qemu-smp1, qemu-smp16: overcommit = true, trims = ["mitigations-off"]
  native-smp2: cpus = "2-5", smp_by = "offline", settle_s = 1.5

Beside the rows, never in the statistics
  audit: 2 blocks for each of 3 rows, with the state of the workload's memory
  dumped
  attribution: 1 block for each of 2 rows, with the time counted in
  change_protection, do_mincore

Recorded with each trial
  output: json-lines, rows by mapping_mb
  files: input.dat, by sha256
  guest: accelerator in use, machine, CPUs, memory, command line, clock, kernel,
  taint, steal, pinning
  native: kernel, CPUs, how the others were kept out, scheduler
  hygiene: the host before and after; nothing runs on a host that is not set up
  for benchmarks

`;

const GOLDEN = `Sweep        made-for-a-test
Workload     workload (source workload.c)
Metric       iteration_ns (ns)
Repetitions  2
Order        interleaved, seed 20260623
Baseline     v6.0

Kernels
  v6.0  file:v6.0
  v6.1  file:v6.1
  v6.2  file:v6.2

Rows
  row          environment  SMP    memory  kernels  blocks  trials
  qemu-smp1    qemu           1  1024 MiB        3       2       6
  qemu-smp16   qemu          16  2048 MiB        3       2       6
  native-smp2  native         2    host's        1       2       2

Recorded with each trial
  output: key-value
  guest: accelerator in use, machine, CPUs, memory, command line, clock, kernel,
  taint, steal, pinning
  native: kernel, CPUs, how the others were kept out, scheduler
  hygiene: the host before and after; nothing is changed, and a trial that the
  host disturbed is run again

Blocks, in the order in which they are handed out, kernels in the order they run
  1  qemu-smp1/r1    v6.1 v6.2 v6.0
  2  qemu-smp16/r1   v6.0 v6.2 v6.1
  3  native-smp2/r1  v6.0
  4  qemu-smp1/r2    v6.2 v6.0 v6.1
  5  qemu-smp16/r2   v6.2 v6.1 v6.0
  6  native-smp2/r2  v6.0

3 rows, 6 blocks, 14 trials.
About 2 min 25 s: 0.5 s to 12 s a trial, one host, one block at a time;
downloads not counted.
`;
