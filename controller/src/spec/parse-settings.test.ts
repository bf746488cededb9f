// SPDX-License-Identifier: Apache-2.0
/** What a spec may say of its workload, its machines and its purposes, read into the vocabulary. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { DEFAULT_GUEST, DEFAULT_NATIVE, type Spec } from '@labsweep/proto';
import { parseSpec } from './parse-spec.js';
import { formatProblem } from './spec-problem.js';
import { breakSpec } from './testing/small-spec.js';

function accept(change: { from: string; to: string }): Spec {
  const result = parseSpec({ text: breakSpec(change), path: 's.toml' });
  assert(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result.spec;
}

test('A workload has variables, files and an output of its own.', () => {
  const { workload } = accept({
    from: '[workload.metrics]',
    to: `variables = { THREADS = "2", EMPTY = "" }
files = { "input.dat" = "data/input.dat", copy = "data/input.dat" }
[workload.output]
adapter = "regex"
pattern = '^(?<scenario>\\w+): (?<iteration_ns>[0-9.]+) ns at (?<mapping_mb>\\d+)'
row_keys = ["mapping_mb"]
[workload.metrics]`,
  });
  assert.deepEqual(workload.variables, { THREADS: '2', EMPTY: '' });
  assert.deepEqual(workload.files, { 'input.dat': 'data/input.dat', copy: 'data/input.dat' });
  assert.deepEqual(workload.output, {
    adapter: 'regex',
    pattern: '^(?<scenario>\\w+): (?<iteration_ns>[0-9.]+) ns at (?<mapping_mb>\\d+)',
    rowKeys: ['mapping_mb'],
  });
});

test('A guest is built as its environment says, and huge pages are preallocated.', () => {
  const { environments } = accept({
    from: 'smp = [1, 2]',
    to: `smp = [2, 4]
machine = "pc"
cpu_model = "max,+avx2,-pmu"
numa = 2
huge_pages = true
overcommit = true
boot = "plain"
trims = ["acpi-off"]`,
  });
  assert.deepEqual(environments[0]?.guest, {
    machine: 'pc',
    cpuModel: 'max,+avx2,-pmu',
    numaNodes: 2,
    hugePages: true,
    preallocate: true,
    overcommit: true,
    boot: 'plain',
    trims: ['acpi-off'],
  });
  assert.deepEqual(environments[0]?.native, DEFAULT_NATIVE);
});

test('A native trial is placed as its environment says, on kernels of any source.', () => {
  const { environments } = accept({
    from: 'smp = [1]\n',
    to: `smp = [1]
kernels = ["running", "v6.12"]
cpus = "2-5"
core_class = "efficiency"
smp_by = "offline"
scheduler = "rr:10"
numa_node = 0
settle_s = 0.5
`,
  });
  assert.deepEqual(environments[1]?.kernels, ['running', 'v6.12']);
  assert.deepEqual(environments[1]?.native, {
    cpus: '2-5',
    coreClass: 'efficiency',
    smpBy: 'offline',
    scheduler: 'rr:10',
    numaNode: 0,
    settleMs: 500,
  });
  assert.deepEqual(environments[1]?.guest, DEFAULT_GUEST);
});

test('Hygiene, audit and attribution are asked for in tables of their own.', () => {
  const { hygiene, audit, attribution } = accept({
    from: '[workload]',
    to: `[hygiene]
mode = "require"
[audit]
[attribution]
functions = ["change_protection", "do_mprotect_pkey.isra.0"]
repetitions = 2
[workload]`,
  });
  assert.equal(hygiene, 'require');
  assert.deepEqual(audit, { repetitions: 1 });
  assert.deepEqual(attribution, {
    repetitions: 2,
    functions: ['change_protection', 'do_mprotect_pkey.isra.0'],
  });
});

test('What a host is prepared with is asked for in the table of hygiene.', () => {
  const { hygiene, preparations } = accept({
    from: '[workload]',
    to: '[hygiene]\nmode = "enforce"\nprepare = ["swap-off", "move-interrupts"]\n[workload]',
  });
  assert.equal(hygiene, 'enforce');
  assert.deepEqual(preparations, ['swap-off', 'move-interrupts']);
});

test('Rows that differ in a setting alone are two rows.', () => {
  const { environments } = accept({
    from: 'smp = [1]\n',
    to: `smp = [1]
[[environments]]
environment = "qemu"
smp = [1, 2]
memory_mib = 512
boot = "plain"
`,
  });
  assert.equal(environments.length, 3);
});
