// SPDX-License-Identifier: Apache-2.0
/**
 * The same command against a lab: one controller, two agents, real nats-server; and the user's
 * commands.
 */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from './lab-processes.js';
import {
  processesOf,
  run,
  start,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

interface Results {
  readonly trials: readonly {
    readonly block: string;
    readonly hostName: string;
    readonly session: string;
  }[];
}

test('two agents share the blocks, no block is split, and the report is that of one box', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { durationMs: 50, repetitions: 6 });
  const lab = await startLab(folder, ['box-a', 'box-b']);
  try {
    const address = ['--controller', lab.controller];
    const ended = await run(folder, 'run', 'sweep.toml', ...address, '--out', 'shared');
    assert.equal(ended.exitCode, 0, ended.stderr);
    const { trials } = JSON.parse(
      readFileSync(join(folder, 'shared/results.json'), 'utf8'),
    ) as Results;
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
    const list = await run(folder, 'list', ...address);
    assert.match(list.stdout, /^scripted-[0-9a-f]{8} {2}finished {2}24\/24 trials/);
  } finally {
    await lab.close();
  }
  assert.deepEqual(processesOf(folder), []);
});

test('a sweep is cancelled by its id: agents stop, the table so far is kept, twice is as good as once', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { durationMs: 300, repetitions: 50 });
  const lab = await startLab(folder, ['box-a']);
  try {
    const address = ['--controller', lab.controller];
    const running = start(folder, 'run', 'sweep.toml', ...address, '--out', 'result');
    await waitFor('a trial', () => / 2\/\d+ trials: /.test(running.stderr()));
    const sweep = /sweep (scripted-[0-9a-f]{8})/.exec(running.stderr())?.[1] ?? '';
    const cancelled = await run(folder, 'cancel', sweep, ...address);
    assert.match(cancelled.stdout, /cancelled/);
    const ended = await running.ended;
    assert.equal(ended.exitCode, 4, ended.stderr);
    assert.match(ended.stdout, /CANCELLED/);
    assert.equal((await run(folder, 'cancel', sweep, ...address)).exitCode, 0);
    const status = await run(folder, 'status', sweep, ...address);
    assert.match(status.stdout, /cancelled/);
    const watched = await run(folder, 'watch', sweep, ...address, '--out', 'watched');
    assert.match(watched.stdout, /CANCELLED/);
    const unknown = await run(folder, 'status', 'no-such-sweep', ...address);
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /there is no sweep 'no-such-sweep'; see labsweep list/);
  } finally {
    await lab.close();
  }
});

test('a controller that is killed and started again folds the log, and its agents go on', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { durationMs: 200, repetitions: 6 });
  const lab = await startLab(folder, ['box-a', 'box-b']);
  try {
    const command = ['run', 'sweep.toml', '--controller', lab.controller, '--out', 'result'];
    const first = start(folder, ...command);
    await waitFor('six trials', () => / 6\/24 trials: /.test(first.stderr()));
    await lab.replaceController();
    const lost = await first.ended;
    assert.equal(lost.exitCode, 6, lost.stderr);
    assert.match(lost.stdout, /INTERRUPTED/);
    assert.match(lost.stderr, /no controller answers.*run the same command again to go on/);
    const second = await run(folder, ...command);
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stderr, /\d+\/24 trials have ended before/);
    const { trials } = JSON.parse(
      readFileSync(join(folder, 'result/results.json'), 'utf8'),
    ) as Results;
    assert.equal(trials.length, 24, 'each trial has one outcome');
    const sessions = new Set(trials.map(({ session }) => session));
    assert.equal(sessions.size, 2, 'the agents went on without a restart');
  } finally {
    await lab.close();
  }
});
