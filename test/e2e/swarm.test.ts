// SPDX-License-Identifier: Apache-2.0
/**
 * A hundred agents in one process serve a sweep like a hundred boxes, and leave nothing unsettled.
 */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { startLab } from './lab-processes.js';
import {
  processesOf,
  run,
  startProgram,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

const SIZE = 100;

interface Results {
  readonly trials: readonly { readonly block: string; readonly hostName: string }[];
}

test('a swarm runs a sweep: many hosts, whole blocks, everything settled', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { durationMs: 200, repetitions: 60 });
  const lab = await startLab(folder, []);
  const places = ['--state', join(folder, 'swarm'), '--cache', join(folder, 'swarm-cache')];
  const swarm = startProgram(folder, AGENT_PROGRAM, [
    ...['--controller', lab.controller, '--swarm', String(SIZE), '--name', 'bee', ...places],
  ]);
  try {
    await waitFor('the swarm', () => swarm.stderr().includes(`${SIZE} agents are started`));
    const address = ['--controller', lab.controller];
    const ended = await run(folder, 'run', 'sweep.toml', ...address, '--out', 'result');
    assert.equal(ended.exitCode, 0, ended.stderr);
    const text = readFileSync(join(folder, 'result/results.json'), 'utf8');
    const { trials } = JSON.parse(text) as Results;
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
