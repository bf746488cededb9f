// SPDX-License-Identifier: Apache-2.0
/**
 * The same command against a lab: one controller, two agents, real nats-server; and the user's
 * commands.
 */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLab } from './lab.js';
import { processesOf, run } from './labsweep-process.js';

interface Results {
  readonly trials: readonly {
    readonly block: string;
    readonly hostName: string;
    readonly session: string;
  }[];
}

test('two agents share the blocks, no block is split, and the report is that of one box', async (context) => {
  const spec = { durationMs: 50, repetitions: 6 };
  const lab = await openLab(context, { spec, agents: ['box-a', 'box-b'] });
  const { folder } = lab;
  await lab.ask('run', 'sweep.toml', '--out', 'shared');
  const { trials } = lab.results<Results>('shared');
  const hosts = new Map<string, Set<string>>();
  for (const { block, hostName } of trials) {
    hosts.set(block, (hosts.get(block) ?? new Set()).add(hostName));
  }
  assert.equal(hosts.size, 12);
  for (const [block, names] of hosts) assert.equal(names.size, 1, block);
  assert.equal(new Set(trials.map(({ hostName }) => hostName)).size, 2);
  const alone = await run(folder, 'run', 'sweep.toml', '--runners', 'scripted', '--out', 'alone');
  assert.equal(alone.exitCode, 0, alone.stderr);
  const numbers = (name: string) =>
    readFileSync(join(folder, name, 'results.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(',').slice(0, 11).join(','))
      .sort();
  assert.deepEqual(numbers('shared'), numbers('alone'));
  const list = await lab.ask('list');
  assert.match(list.stdout, /^scripted-[0-9a-f]{8} {2}finished {2}24\/24 trials/);
  await lab.close();
  assert.deepEqual(processesOf(folder), []);
});

test('a sweep is cancelled by its id: agents stop, the table so far is kept, twice is as good as once', async (context) => {
  const spec = { durationMs: 300, repetitions: 50 };
  const lab = await openLab(context, { spec, agents: ['box-a'] });
  const running = await lab.sweepUntil(2);
  const sweep = /sweep (scripted-[0-9a-f]{8})/.exec(running.stderr())?.[1] ?? '';
  const cancelled = await lab.ask('cancel', sweep);
  assert.match(cancelled.stdout, /cancelled/);
  const ended = await running.ended;
  assert.equal(ended.exitCode, 4, ended.stderr);
  assert.match(ended.stdout, /CANCELLED/);
  await lab.ask('cancel', sweep);
  const status = await lab.ask('status', sweep);
  assert.match(status.stdout, /cancelled/);
  const watched = await run(lab.folder, 'watch', sweep, ...lab.at, '--out', 'watched');
  assert.match(watched.stdout, /CANCELLED/);
  const unknown = await run(lab.folder, 'status', 'no-such-sweep', ...lab.at);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /there is no sweep 'no-such-sweep'; see labsweep list/);
});

test('a controller that is killed and started again folds the log, and its agents and users go on', async (context) => {
  const spec = { durationMs: 200, repetitions: 6 };
  const lab = await openLab(context, { spec, agents: ['box-a', 'box-b'] });
  const running = await lab.sweepUntil(6);
  await lab.replaceController();
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stderr, /waiting for a controller: no controller answers/);
  const { trials } = lab.results<Results>();
  assert.equal(trials.length, 24, 'each trial has one outcome');
  const sessions = new Set(trials.map(({ session }) => session));
  assert.equal(sessions.size, 2, 'the agents went on without a restart');
});
