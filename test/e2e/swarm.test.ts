// SPDX-License-Identifier: Apache-2.0
/**
 * A hundred agents in one process serve a sweep like a hundred boxes, and leave nothing unsettled.
 */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { openLab } from './lab.js';
import { processesOf, startProgram, waitFor } from './labsweep-process.js';

const SIZE = 100;

interface Results {
  readonly trials: readonly { readonly block: string; readonly hostName: string }[];
}

test('a swarm runs a sweep: many hosts, whole blocks, everything settled', async (context) => {
  const lab = await openLab(context, { spec: { durationMs: 200, repetitions: 60 } });
  const { folder } = lab;
  const places = ['--state', join(folder, 'swarm'), '--cache', join(folder, 'swarm-cache')];
  const swarm = startProgram(folder, AGENT_PROGRAM, [
    ...[...lab.at, '--swarm', String(SIZE), '--name', 'bee', ...places],
  ]);
  try {
    await waitFor('the swarm', () => swarm.stderr().includes(`${SIZE} agents are started`));
    const ended = await lab.sweep().ended;
    assert.equal(ended.exitCode, 0, ended.stderr);
    const { trials } = lab.results<Results>();
    assert.equal(trials.length, 240);
    const hosts = new Map<string, Set<string>>();
    for (const { block, hostName } of trials) {
      hosts.set(block, (hosts.get(block) ?? new Set()).add(hostName));
    }
    for (const [block, names] of hosts) assert.equal(names.size, 1, block);
    const count = new Set(trials.map(({ hostName }) => hostName)).size;
    assert.ok(count > SIZE / 2, `${count} agents took part`);
    assert.ok(trials.every(({ hostName }) => /^bee-\d+$/.test(hostName)));
  } finally {
    swarm.child.kill('SIGTERM');
    const { exitCode } = await swarm.ended;
    await lab.close();
    assert.equal(exitCode, 0);
  }
  assert.deepEqual(processesOf(folder), []);
});
