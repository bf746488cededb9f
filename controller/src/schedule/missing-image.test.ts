// SPDX-License-Identifier: Apache-2.0
/** A spec that asks for a guest of the box's own kernel, on a box that has no image of it. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { KernelName, ResolvedKernel, Sha256 } from '@labsweep/proto';
import { hostNamed, submittedEntry } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';

const SPEC = `
name = "window"
repetitions = 1
order = "listed"
[kernels]
running = "host"
new = "file:b"
[workload]
source = "toggle.c"
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
[[environments]]
environment = "qemu"
smp = [1]
kernels = ["running"]
[[environments]]
environment = "qemu"
smp = [2]
`;

const image = { sha256: 'a'.repeat(64) as Sha256, sizeBytes: 1, release: '6.1.0-44-amd64' };
const NEW: ResolvedKernel = { name: 'new' as KernelName, source: 'file:b', image };
const RUNNING: ResolvedKernel = { name: 'running' as KernelName, source: 'host (6.1.0-44-amd64)' };

/** The rows that two hosts which can do everything get one after the other, and what waits then. */
function runOut(running: ResolvedKernel) {
  const kernels = [running, NEW];
  const lab = ScheduleLab.begun(submittedEntry({ specText: SPEC, kernels }));
  const hosts = ['host-a', 'host-b', 'host-c'].map((name) =>
    hostNamed(name, ['native', 'qemu-tcg']),
  );
  const rows = lab
    .come(...hosts)
    .grants()
    .map(({ trials }) => trials[0]?.split('/')[0]);
  return { rows: rows.sort(), waiting: lab.waiting() };
}

test('the guests wait for the image, said once for all hosts, and the others run', () => {
  const { rows, waiting } = runOut(RUNNING);
  assert.deepEqual(rows, ['native-smp1', 'qemu-smp2']);
  assert.equal(waiting.length, 1);
  assert.match(
    waiting[0] ?? '',
    /^qemu-smp1 waits for an image of running \(host \(6\.1\.0-44-amd64\)\): .* or debian:$/,
  );
  assert.equal(waiting[0]?.match(/waits for/g)?.length, 1);
});

test('with its image both environments of the kernel run', () => {
  const { rows, waiting } = runOut({ ...RUNNING, image });
  assert.deepEqual(rows, ['native-smp1', 'qemu-smp1', 'qemu-smp2']);
  assert.deepEqual(waiting, []);
});
