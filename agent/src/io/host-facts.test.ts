// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { readHost } from './host-facts.js';

const TREE = {
  'proc/meminfo': 'MemTotal: 16777216 kB\n',
  'proc/self/status': 'Cpus_allowed_list:\t0-3\n',
};
const MACHINE_ID = '0123456789abcdef0123456789abcdef';

test('this very host is described in well under a second', async () => {
  await withFixtureTree({}, async (stateDirectory) => {
    const startMs = performance.now();
    const host = await readHost({ stateDirectory });
    const durationMs = performance.now() - startMs;
    assert.equal(host.name, hostname());
    assert.equal(host.facts.kernel_release, release());
    assert.ok(host.capacity.cpus >= 1);
    assert.ok(host.capacity.memoryMib > 0);
    assert.notEqual(host.facts.cpu_model, 'absent');
    for (const [name, value] of Object.entries(host.facts)) assert.notEqual(value, '', name);
    assert.ok(durationMs < 900, `it took ${durationMs} ms`);
  });
});

test('the machine id names the host, and its capacity leaves a tenth of the memory', async () => {
  await withFixtureTree({ ...TREE, 'etc/machine-id': `${MACHINE_ID}\n` }, async (root) => {
    const host = await readHost({ root, stateDirectory: join(root, 'state') });
    assert.equal(host.id, MACHINE_ID);
    assert.deepEqual(host.capacity, { cpus: 4, memoryMib: 16384 - 1639 });
  });
});

test('a host of two core classes tells how many CPUs of each it may use', async () => {
  const hybrid = { 'sys/devices/cpu_core/cpus': '0-2\n', 'sys/devices/cpu_atom/cpus': '3-9\n' };
  await withFixtureTree({ ...TREE, ...hybrid }, async (root) => {
    const { capacity } = await readHost({ root, stateDirectory: join(root, 'state') });
    assert.deepEqual(capacity.hybrid, { performanceCpus: 3, efficiencyCpus: 1 });
  });
});

test('without a machine id one is made, and kept', async () => {
  for (const machineId of ['', 'uninitialized\n']) {
    await withFixtureTree({ ...TREE, 'etc/machine-id': machineId }, async (root) => {
      const stateDirectory = join(root, 'state');
      const first = await readHost({ root, stateDirectory });
      const second = await readHost({ root, stateDirectory });
      assert.match(first.id, /^[0-9a-f]{32}$/);
      assert.equal(second.id, first.id);
      assert.equal((await readFile(join(stateDirectory, 'host-id'), 'utf8')).trim(), first.id);
    });
  }
});

test('QEMU that is not installed is absent', async () => {
  await withFixtureTree(TREE, async (root) => {
    const host = await readHost({ root, stateDirectory: root, qemuBinary: 'labsweep-no-qemu' });
    assert.equal(host.facts.qemu_version, 'absent');
  });
});
