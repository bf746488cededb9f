// SPDX-License-Identifier: Apache-2.0
/** The example specs are the first thing that a stranger runs, so they must be right. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Spec } from '@labsweep/proto';
import { estimatePlanMs } from '../plan/estimate-plan.js';
import { planSweep } from '../plan/plan-sweep.js';
import { parseSpec } from './parse-spec.js';
import { formatProblem } from './spec-problem.js';

const FOLDER = new URL('../../../examples/', import.meta.url);
/** What a visitor waits for the demo without a second thought. */
const DEMO_MS_MAX = 3.2 * 60_000;

function readExample(name: string): Spec {
  const url = new URL(`${name}.toml`, FOLDER);
  const result = parseSpec({ text: readFileSync(url, 'utf8'), path: `examples/${name}.toml` });
  assert(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result.spec;
}

/** Those in folders too, without their ending. */
function exampleNames(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.toml'))
    .map((path) => path.slice(0, -'.toml'.length));
}

test('Each example is a faultless spec under its own name.', () => {
  const names = exampleNames();
  assert(names.length >= 6, names.join());
  for (const name of names) assert.equal(readExample(name).name, name.split('/').at(-1));
});

test('The release window compares three kernels in QEMU and has the running one natively.', () => {
  const spec = readExample('mprotect-release-window');
  assert.deepEqual(
    spec.environments.map(({ environment, kernels }) => [environment, ...kernels]),
    [
      ['qemu', 'v6.12', 'v6.16', 'v6.17'],
      ['native', 'running'],
    ],
  );
  assert.equal(spec.baseline, 'v6.16');
  assert.equal(spec.workload.metrics[0]?.name, 'iteration_ns_per_page');
  const plan = planSweep(spec);
  assert.equal(plan.trialCount, 63);
  assert.ok(estimatePlanMs(plan) <= DEMO_MS_MAX, `the demo takes ${estimatePlanMs(plan)} ms`);
});

test('The founding matrix is three kernels by five CPU counts by five repetitions.', () => {
  const spec = readExample('founding-matrix');
  assert.deepEqual(spec.environments[0]?.kernels, ['v6.12', 'v6.19', 'v7.3']);
  assert.deepEqual(
    spec.environments[0]?.shapes.map(({ smp }) => smp),
    [1, 2, 4, 8, 16],
  );
  assert.equal(spec.environments[0]?.guest.overcommit, true);
  assert.equal(spec.repetitions, 5);
  assert.deepEqual(spec.gap, { good: 'v6.12', bad: 'v6.19', candidate: 'v7.3' });
});

test('The three workloads differ in their program, and run in both environments.', () => {
  const specs = ['toggle', 'single-protect', 'mincore'].map((name) =>
    readExample(`three-workloads/${name}`),
  );
  assert.equal(new Set(specs.map(({ workload }) => workload.program.path)).size, 3);
  for (const { environments, kernels } of specs) {
    assert.deepEqual(
      environments.map(({ environment, shapes }) => [environment, ...shapes.map(({ smp }) => smp)]),
      [
        ['qemu', 1, 2, 4],
        ['native', 1, 2],
      ],
    );
    assert.deepEqual(
      kernels.map(({ name }) => name),
      ['v6.16', 'v6.17', 'running'],
    );
  }
});

test('The audit of five kernels has two audit blocks and one of attribution.', () => {
  const spec = readExample('audit-five-kernels');
  const { blocks, trialCount } = planSweep(spec);
  assert.deepEqual(
    blocks.map(({ id }) => id),
    ['qemu-smp1-audit/r1', 'qemu-smp1-audit/r2', 'qemu-smp1/r1', 'qemu-smp1-attribution/r1'],
  );
  assert.equal(trialCount, 20);
  assert.deepEqual(spec.attribution?.functions, ['change_protection']);
});

test('The program of each example is in the tree, and prints the metrics that it is asked for.', () => {
  for (const name of exampleNames()) {
    const { program, metrics } = readExample(name).workload;
    const source = readFileSync(new URL(program.path, new URL(name, FOLDER)), 'utf8');
    for (const metric of metrics) assert.match(source, new RegExp(`\\b${metric.name}=`));
  }
});
