// SPDX-License-Identifier: Apache-2.0
/** The example specs are the first thing that a stranger runs, so they must be right. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Spec } from '@labsweep/proto';
import { parseSpec } from './parse-spec.js';
import { formatProblem } from './spec-problem.js';

function readExample(name: string): Spec {
  const url = new URL(`../../../examples/${name}.toml`, import.meta.url);
  const result = parseSpec({ text: readFileSync(url, 'utf8'), path: `examples/${name}.toml` });
  assert(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result.spec;
}

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
});

test('The founding matrix is three kernels by five CPU counts by five repetitions.', () => {
  const spec = readExample('founding-matrix');
  assert.deepEqual(spec.environments[0]?.kernels, ['v6.12', 'v6.19', 'v7.3']);
  assert.deepEqual(
    spec.environments[0]?.shapes.map(({ smp }) => smp),
    [1, 2, 4, 8, 16],
  );
  assert.equal(spec.repetitions, 5);
  assert.deepEqual(spec.gap, { good: 'v6.12', bad: 'v6.19', candidate: 'v7.3' });
});

test('The program of each example is in the tree.', () => {
  for (const name of ['mprotect-release-window', 'founding-matrix']) {
    const { path } = readExample(name).workload.program;
    const source = readFileSync(new URL(`../../../examples/${path}`, import.meta.url), 'utf8');
    assert.match(source, /iteration_ns_per_page=/);
  }
});
