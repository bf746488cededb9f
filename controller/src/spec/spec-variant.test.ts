// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Spec } from '@labsweep/proto';
import { planRows } from '../plan/plan-rows.js';
import { parseSpec } from './parse-spec.js';
import { formatProblem } from './spec-problem.js';
import { rowPlace, type SpecVariant, specVariant } from './spec-variant.js';
import { SMALL_SPEC } from './testing/small-spec.js';

const KERNELS = [
  { name: '6.16.3', source: 'debian:trixie-backports/linux-image-6.16.3+deb13-cloud-amd64' },
  { name: '6.17.8', source: 'file:build/bzImage' },
];
const VARIANT: SpecVariant = {
  kernels: KERNELS,
  repetitions: 4,
  order: 'listed',
  keepsPurposes: false,
  rerun: 0,
};

function parse(text: string): Spec {
  const result = parseSpec({ text, path: 'a.toml' });
  assert(result.ok, result.ok ? '' : `${result.problems.map(formatProblem).join('\n')}\n${text}`);
  return result.spec;
}

function variantOf(text: string, row: string, changes: Partial<SpecVariant> = {}): Spec {
  const place = rowPlace(parse(text), row);
  assert(place !== undefined, row);
  return parse(specVariant(text, place, { ...VARIANT, ...changes }));
}

test('one row is left, with the kernels that were asked for and the same workload', () => {
  const spec = parse(SMALL_SPEC);
  const variant = variantOf(SMALL_SPEC, 'qemu-smp2');
  assert.deepEqual(
    planRows(variant).map(({ id, kernels, shape }) => [id, kernels, shape.memoryMib]),
    [['qemu-smp2', ['6.16.3', '6.17.8'], 512]],
  );
  assert.deepEqual(
    variant.kernels.map(({ name, text }) => ({ name, source: text })),
    KERNELS,
  );
  assert.deepEqual(variant.workload, spec.workload);
  assert.deepEqual([variant.baseline, variant.repetitions], ['6.16.3', 4]);
  assert.deepEqual([variant.order, variant.scheduling.rerun], ['listed', 0]);
});

test('every row of every shape of memory has a variant, and an unknown row has none', () => {
  const url = new URL('../../../examples/founding-matrix.toml', import.meta.url);
  const text = readFileSync(url, 'utf8').replace(
    'memory_mib = 2048',
    'memory_mib = { 1 = 1024, 2 = 1024, 4 = 2048, 8 = 2048, 16 = 4096 }',
  );
  for (const row of planRows(parse(text))) {
    const [only, ...others] = planRows(variantOf(text, row.id));
    assert.deepEqual([only?.shape, others.length], [row.shape, 0]);
    assert.equal(only?.commandLine, row.commandLine);
  }
  assert.equal(rowPlace(parse(text), 'qemu-smp3'), undefined);
});

test('audits go with the rows that do not need them', () => {
  const audited = SMALL_SPEC.replace(
    '[[environments]]',
    '[audit]\nrepetitions = 2\n[[environments]]',
  );
  assert.equal(variantOf(audited, 'qemu-smp1').audit, undefined);
  assert.deepEqual(variantOf(audited, 'qemu-smp1', { keepsPurposes: true }).audit, {
    repetitions: 2,
  });
});
