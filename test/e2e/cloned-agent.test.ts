// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: of two machines with one identity the first works on, and one that was booted again is not
 * taken for a second. Method: real agents; another boot is a mount namespace with another boot id.
 */
import { strict as assert } from 'node:assert';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { heard, type Lab, openLab } from './lab.js';
import { type Running, startCommand } from './labsweep-process.js';

const SPEC = { durationMs: 50, repetitions: 2 };
const MOUNT = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
const SKIP = process.getuid?.() === 0 ? false : 'only root may mount a boot id';

interface Results {
  readonly trials: readonly { readonly session: string }[];
}

/** An agent with the identity of `box-a` and a copy of its state folder, under another boot. */
function startCopy(context: { after(work: () => Promise<void>): void }, lab: Lab): Running {
  const place = (name: string) => join(lab.folder, name);
  cpSync(place('box-a'), place('copy'), { recursive: true });
  writeFileSync(place('boot-id'), '00000000-0000-4000-8000-000000000001\n');
  const identity = ['--host-id', 'id-of-box-a', '--name', 'copy', '--runners', 'scripted'];
  const places = ['--state', place('copy'), '--cache', place('copy-cache')];
  const agent = [process.execPath, AGENT_PROGRAM, ...lab.at, ...places, ...identity];
  const copy = startCommand(lab.folder, 'unshare', [
    '--mount',
    'sh',
    '-c',
    MOUNT,
    place('boot-id'),
    ...agent,
  ]);
  context.after(async () => {
    copy.child.kill('SIGKILL');
    await copy.ended;
  });
  return copy;
}

async function openLabOfOne(context: Parameters<typeof openLab>[0]) {
  const lab = await openLab(context, { spec: SPEC });
  const first = lab.startAgent('box-a');
  const [controller] = lab.controllers;
  assert.ok(controller);
  await heard(controller, /box-a attached/);
  return { lab, first, controller };
}

test('a second machine with a copy of the state is refused by the name of the first, which works on', {
  skip: SKIP,
}, async (context) => {
  const { lab, first, controller } = await openLabOfOne(context);
  const copy = startCopy(context, lab);
  const { exitCode, stderr } = await copy.ended;
  assert.equal(exitCode, 1, stderr);
  const words =
    /refused: box-a \(machine id id-of-box-a\) is attached as session \S+ since .* a copy of this state folder; stop one/;
  assert.match(stderr, words);
  assert.equal(first.child.exitCode, null);
  assert.doesNotMatch(controller.stderr(), /copy attached/);
  await lab.ask('run', 'sweep.toml', '--out', 'result');
  const { trials } = lab.results<Results>();
  const session = / attached as session (\S+) /.exec(stderr)?.[1];
  assert.deepEqual([...new Set(trials.map((trial) => trial.session))], [session]);
});

test('a machine that was booted again waits while its old stream seems to live, and works then', {
  skip: SKIP,
}, async (context) => {
  const { lab, first, controller } = await openLabOfOne(context);
  // Its streams stay open, and nothing more is said on them: the power has gone.
  first.child.kill('SIGSTOP');
  const copy = startCopy(context, lab);
  await heard(copy, /under another boot; it is replaced once it was silent for 10 s/);
  await heard(controller, /copy attached/, 20_000);
  await lab.ask('run', 'sweep.toml', '--out', 'result');
  assert.ok(lab.results<Results>().trials.length > 0);
  assert.equal(copy.child.exitCode, null);
});
