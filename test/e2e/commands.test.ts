// SPDX-License-Identifier: Apache-2.0
/**
 * What users ask of sweeps and hosts after the submission, with a real controller, nats-server and
 * scripted agents: each command is seen in the log, in the table and in the history.
 */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openLab } from './lab.js';
import {
  processesOf,
  run,
  start,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

interface Results {
  readonly commands: readonly {
    readonly by: string;
    readonly command: { readonly kind: string };
  }[];
  readonly decisions: readonly { readonly block: string; readonly attempt: number }[];
  readonly trials: readonly { readonly block: string; readonly attempt: number }[];
}

const sweepOf = (stderr: string): string => /(scripted-[0-9a-f]{8})/.exec(stderr)?.[1] ?? '';

test('a sweep is paused, resumed, grown and run anew in a lab, and its report says by whom', async (context) => {
  const spec = { durationMs: 30, repetitions: 4 };
  const lab = await openLab(context, { spec, agents: ['box-a', 'box-b'] });
  const ask = (...words: readonly string[]) => lab.ask(...words);
  // Nothing can end before it is paused, however busy this machine is.
  while (!/box-a +idle[\s\S]*box-b +idle/.test((await ask('hosts')).stdout)) await delay(100);
  for (const host of ['box-a', 'box-b']) await ask('drain', host);
  const running = lab.sweep('--out', 'first');
  await waitFor('the submission', () => /box-a is drained by /.test(running.stderr()));
  const sweep = sweepOf(running.stderr());
  const paused = await ask('pause', sweep);
  assert.match(paused.stdout, /^scripted-\w+ {2}paused {2}0\/16 trials/);
  assert.match(paused.stderr, /nothing new starts; go on with: labsweep resume/);
  for (const host of ['box-a', 'box-b']) await ask('undrain', host);
  // Far longer than an idle host waits for its block.
  await delay(1_000);
  assert.match((await ask('status', sweep)).stdout, /paused {2}0\/16 trials/);
  await ask('resume', sweep);
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stderr, /paused; labsweep resume[\s\S]*no longer: paused/);

  await ask('add', sweep, '--kernel', 'third=host');
  await ask('add', sweep, '--repetitions', '1');
  await ask('rerun', sweep, '--row', 'scripted-smp1');
  const { stdout: report } = await ask('watch', sweep, '--out', 'second');
  assert.match(report, /finished, 38 of 38 trials, 18 of 18 blocks accepted/);
  assert.match(
    report,
    /scripted smp 2 +clean: repetitions as planned, .*\(old\s+9, new 5, third 5\)/,
  );
  const told = ['pause', 'resume', 'add --kernel third=host', 'add --repetitions 1'];
  for (const command of [...told, 'rerun --row scripted-smp1']) {
    assert.match(report, new RegExp(`UTC, \\S+: ${command}\n`));
  }
  const plan = readFileSync(join(lab.folder, 'second/plan.txt'), 'utf8');
  assert.match(plan, /Commands after the submission[\s\S]*rerun --row scripted-smp1/);
  const { commands, decisions, trials } = lab.results<Results>('second');
  const kinds = ['pause', 'undrain', 'undrain', 'resume', 'add-kernel', 'add-repetitions'];
  assert.deepEqual(
    commands.map(({ command }) => command.kind),
    [...kinds, 'rerun-row'],
  );
  const rerun = decisions.filter(({ block }) => block.startsWith('scripted-smp1/r1'));
  assert.deepEqual(
    rerun.map(({ attempt }) => attempt),
    [2],
  );
  const evidence = trials.filter(({ block }) => block === 'scripted-smp1/r1');
  assert.deepEqual(evidence.map(({ attempt }) => attempt).sort(), [1, 1, 2, 2]);
  const history = await ask('history', sweep);
  const words = history.stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\S+ \S+ UTC {2}\S+ +/, '').split(' ')[0]);
  const asked = ['submit', 'pause', 'undrain', 'undrain', 'resume', 'add', 'add', 'rerun'];
  assert.deepEqual(words, asked);

  // A controller that starts folds the commands like everything else.
  await lab.replaceController();
  assert.match((await ask('status', sweep)).stdout, /finished {2}38\/38 trials/);
  assert.equal((await ask('history', sweep)).stdout, history.stdout);
  await lab.close();
  assert.deepEqual(processesOf(lab.folder), []);
});

test('a drained or quarantined host gets no block, says so, and gets some again', async (context) => {
  const spec = { durationMs: 50, repetitions: 8 };
  const lab = await openLab(context, { spec, agents: ['box-a', 'box-b'] });
  const ask = async (...words: readonly string[]) => (await lab.ask(...words)).stdout;
  const hostsOf = (out: string) => {
    const { trials } = lab.results<{ trials: { hostName: string }[] }>(out);
    return [...new Set(trials.map(({ hostName }) => hostName))].sort();
  };
  const measure = async (seed: number) => {
    const out = `seed-${seed}`;
    const ended = await lab.ask('run', 'sweep.toml', '--seed', `${seed}`, '--out', out);
    return { hosts: hostsOf(out), stderr: ended.stderr };
  };
  // Hosts attach in their own time.
  while (!/box-a +idle[\s\S]*box-b +idle/.test(await ask('hosts'))) await delay(100);
  assert.match(await ask('drain', 'box-b'), /box-b +idle, drained/);
  const drained = await measure(1);
  assert.deepEqual(drained.hosts, ['box-a']);
  assert.match(drained.stderr, /box-b is drained by \S+\n/);
  await ask('undrain', 'id-of-box-b');
  const reason = ['--reason', 'its fan is broken'];
  const text = await ask('quarantine', 'box-a', '--kernel', 'new', ...reason);
  assert.match(text, /box-a is in quarantine for kernel new by \S+: its fan is broken/);
  const quarantined = await measure(2);
  assert.deepEqual(quarantined.hosts, ['box-b']);
  assert.match(await ask('release', '--kernel', 'new'), /box-a +idle/);
  assert.deepEqual((await measure(3)).hosts, ['box-a', 'box-b']);
  const json = JSON.parse(await ask('hosts', '--json'));
  assert.equal(json.schema, 'labsweep-hosts-1');
  assert.deepEqual(
    json.hosts.map(({ host, isDrained }: { host: string; isDrained: boolean }) => [
      host,
      isDrained,
    ]),
    [
      ['id-of-box-a', false],
      ['id-of-box-b', false],
    ],
  );
});

test('on one box the same commands find the lab by the folder, and go on with an ended sweep', async (context) => {
  const folder = temporaryFolder(context);
  // Long enough for a command to come while it runs, however busy this machine is.
  writeScriptedSpec(folder, { durationMs: 2_000, repetitions: 2 });
  const running = start(folder, 'run', 'sweep.toml', '--runners', 'scripted');
  await waitFor('a trial', () => / 1\/\d+ trials: /.test(running.stderr()));
  const sweep = sweepOf(running.stderr());
  const ask = (...words: readonly string[]) => run(folder, ...words);
  assert.match((await ask('pause', sweep)).stdout, /paused/);
  assert.match((await ask('hosts')).stdout, /^host +state/);
  assert.match((await ask('resume', `out/${sweep}`)).stdout, /running/);
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);

  const late = await ask('pause', sweep);
  assert.equal(late.exitCode, 2);
  assert.match(late.stderr, /no lab runs in out\/scripted-\w+, so there is nothing to pause/);
  const refused = await ask('rerun', sweep, '--row', 'scripted-smp3');
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /no row `scripted-smp3`; did you mean `scripted-smp1`/);
  const grown = await ask('add', sweep, '--repetitions', '1');
  assert.equal(grown.exitCode, 0, grown.stderr);
  assert.match(grown.stdout, /finished, 12 of 12 trials/);
  assert.match(grown.stderr, /8\/12 trials have ended before/);
  const history = await ask('history', sweep, '--json');
  const { entries } = JSON.parse(history.stdout) as { entries: { text: string }[] };
  assert.deepEqual(
    entries.slice(1).map(({ text }) => text),
    ['pause', 'resume', 'add --repetitions 1'],
  );
  const hosts = JSON.parse((await ask('hosts', '--sweep', sweep, '--json')).stdout);
  const quarantine = ['quarantine', hosts.hosts[0].host, '--reason', 'hot', '--sweep', sweep];
  assert.match((await ask(...quarantine)).stdout, /away since .*, quarantine[\s\S]*: hot\n/);
  const released = await ask('release', hosts.hosts[0].host, '--sweep', sweep);
  assert.doesNotMatch(released.stdout, /quarantine/);
  const anew = await ask('run', 'sweep.toml', '--runners', 'scripted');
  assert.match(anew.stderr, new RegExp(`sweep ${sweep}-2, in`), 'an ended sweep stays ended');
  assert.deepEqual(processesOf(folder), []);
});
