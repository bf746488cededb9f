// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { KernelName, SweepCommand } from '@labsweep/proto';
import { parseSpec } from '../spec/parse-spec.js';
import { designOf, extendDesign, type SweepDesign } from './extend-design.js';

const WORKLOAD = `
[workload]
source = "toggle.c"
[workload.metrics]
ns = { unit = "ns", direction = "lower" }
`;

function design(environments: string, more = ''): SweepDesign {
  const text = `
name = "window"
repetitions = 2
baseline = "old"
[kernels]
old = "file:a"
new = "file:b"
running = "host"
${WORKLOAD}
${environments}
${more}`;
  const parsed = parseSpec({ text, path: 'window.toml' });
  assert(parsed.ok, JSON.stringify(parsed));
  return designOf(parsed.spec);
}

const QEMU = '[[environments]]\nenvironment = "qemu"\nsmp = [1, 2]\n';
const NATIVE = '[[environments]]\nenvironment = "native"\nsmp = [1]\n';

const kernel = (source: string): SweepCommand => ({
  kind: 'add-kernel',
  kernel: { name: 'third' as KernelName, source },
});
const FILE = kernel('file:c');

const added = (before: SweepDesign, after: SweepDesign) =>
  after.plan.blocks
    .slice(before.plan.blocks.length)
    .map(({ id, trials }) => [id, ...trials.map((trial) => trial.kernel).sort()].join(' '));

test('repetitions become further blocks of each timing row, and nothing planned moves', () => {
  const before = design(QEMU, '[audit]');
  const after = extendDesign(before, { kind: 'add-repetitions', count: 1 });
  assert.deepEqual(added(before, after), ['qemu-smp1/r3 new old', 'qemu-smp2/r3 new old']);
  assert.deepEqual(after.plan.blocks.slice(0, before.plan.blocks.length), before.plan.blocks);
  assert.equal(after.plan.trialCount, before.plan.trialCount + 4);
  assert.equal(after.spec.repetitions, 3);
});

test('more repetitions are the blocks that a spec with as many would have planned', () => {
  const before = design(QEMU);
  const after = extendDesign(before, { kind: 'add-repetitions', count: 3 });
  assert.deepEqual(after.plan, designOf({ ...before.spec, repetitions: 5 }).plan);
});

test('a kernel gets as many blocks as the others have, each with the baseline', () => {
  const before = design(QEMU);
  const after = extendDesign(before, FILE);
  assert.deepEqual(added(before, after), [
    'qemu-smp1/r3 old third',
    'qemu-smp2/r3 old third',
    'qemu-smp1/r4 old third',
    'qemu-smp2/r4 old third',
  ]);
  assert.deepEqual(after.plan.rows[0]?.kernels, ['old', 'new', 'third']);
  assert.equal(after.spec.repetitions, 4);
});

test('an added kernel is audited and attributed like the others', () => {
  const before = design(QEMU, '[audit]\n[attribution]\nfunctions = ["f"]');
  const blocks = added(before, extendDesign(before, FILE));
  assert.ok(blocks.includes('qemu-smp1-audit/r2 old third'), blocks.join());
  assert.ok(blocks.includes('qemu-smp2-attribution/r2 old third'), blocks.join());
});

test('repetitions after a kernel hold all kernels; a second kernel gets as many as the first', () => {
  const first = extendDesign(design(QEMU), FILE);
  const more = extendDesign(first, { kind: 'add-repetitions', count: 1 });
  assert.equal(added(first, more)[0], 'qemu-smp1/r5 new old third');
  const fourth = { name: 'fourth' as KernelName, source: 'file:d' };
  const second = extendDesign(more, { kind: 'add-kernel', kernel: fourth });
  const blocks = added(more, second).filter((block) => block.startsWith('qemu-smp1/'));
  assert.equal(blocks.length, 3);
  assert.equal(blocks[0], 'qemu-smp1/r6 fourth old');
});

test('an image is not for native rows, which would wait for ever, and host not for guests', () => {
  const before = design(QEMU + NATIVE);
  const image = added(before, extendDesign(before, FILE));
  assert.ok(image.every((block) => block.startsWith('qemu-')));
  const host = added(before, extendDesign(before, kernel('host (6.12.1)')));
  assert.deepEqual(host, ['native-smp1/r3 running third', 'native-smp1/r4 running third']);
});

test('other commands leave the plan as it is', () => {
  const before = design(QEMU);
  assert.equal(extendDesign(before, { kind: 'pause' }), before);
  assert.equal(extendDesign(before, { kind: 'rerun-failed' }), before);
});
