// SPDX-License-Identifier: Apache-2.0
/**
 * Disks that are really full: file systems of 20 MiB, filled to the last byte, under the broker's
 * store and under an agent's state.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { tryRun } from '../chaos/shell.js';
import { makeSmallDisks, type SmallDisks } from '../chaos/small-disks.js';
import { heard, Lab } from './lab.js';
import { waitFor } from './labsweep-process.js';

/** Undefined where nothing can be mounted; the test is skipped with the reason then. */
function mountIn(context: TestContext, lab: Lab, part: string): SmallDisks | undefined {
  const mounts: string[] = [];
  const disks = makeSmallDisks(lab.folder, [part], (path) => mounts.push(path));
  lab.atEnd(() => {
    for (const path of mounts) tryRun('umount', '-l', path);
  });
  if (disks.mounted) return disks;
  context.skip(disks.missing.join('; '));
  return undefined;
}

const TOLD_BY_THE_SERVER_MS = 3_000;

test('the disk of the broker is full: all wait and say so, and go on when it is restarted with room', async (context) => {
  const spec = { durationMs: 40, repetitions: 12 };
  const lab = await Lab.prepare(context, { spec, store: 'disk/store' });
  const disks = mountIn(context, lab, 'disk');
  if (disks === undefined) return;
  await lab.begin({ agents: ['box-a', 'box-b'] });
  const running = await lab.sweepUntil(2);
  disks.fill('disk');
  const [controller = running] = lab.controllers;
  await heard(controller, /steps down: the lock was not renewed for 5 s: .*nats-server/);
  await waitFor('words for the user', () =>
    /waiting for a controller: standby; .*nats-server/.test(running.stderr()),
  );
  disks.free('disk');
  // Room alone is not enough for this server once a write of it has failed.
  await delay(TOLD_BY_THE_SERVER_MS);
  context.diagnostic(`reigns before the restart: ${reignsOf(controller.stderr())}`);
  await lab.nats?.end('SIGKILL');
  await lab.startNats();
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  const { trials } = lab.results<{ trials: readonly { trial: string; attempt: number }[] }>();
  const ids = trials.map(({ trial, attempt }) => `${trial} ${attempt}`);
  assert.equal(new Set(ids).size, 48, 'every trial has its outcome');
  assert.equal(ids.length, 48, 'and no trial has two');
});

const reignsOf = (text: string) => text.match(/reigns under term/g)?.length ?? 0;

test('an agent whose disk is full gets no work and says why, and gets some when there is room', async (context) => {
  const spec = { durationMs: 50, repetitions: 8 };
  const lab = await Lab.prepare(context, { spec });
  const disks = mountIn(context, lab, 'box-a');
  if (disks === undefined) return;
  await lab.begin({ agents: ['box-a', 'box-b'] });
  while (!/box-a +idle[\s\S]*box-b +idle/.test((await lab.ask('hosts')).stdout)) await delay(100);
  disks.fill('box-a');
  const full = /box-a: the disk of \S+box-a is full/;
  while (!full.test((await lab.ask('hosts')).stdout)) await delay(100);
  const first = await lab.sweep('--out', 'first').ended;
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stderr, /trouble: box-a gets no work: the disk of \S+box-a is full/);
  assert.deepEqual(hostsOf(lab, 'first'), ['box-b']);
  disks.free('box-a');
  while (full.test((await lab.ask('hosts')).stdout)) await delay(100);
  const second = await lab.sweep('--out', 'second', '--seed', '2').ended;
  assert.equal(second.exitCode, 0, second.stderr);
  assert.deepEqual(hostsOf(lab, 'second'), ['box-a', 'box-b']);
});

function hostsOf(lab: Lab, name: string): string[] {
  const { trials } = lab.results<{ trials: readonly { hostName: string }[] }>(name);
  return [...new Set(trials.map(({ hostName }) => hostName))].sort();
}

test('the disk of the one agent is full: the sweep waits and says why, and ends when there is room', async (context) => {
  const lab = await Lab.prepare(context, { spec: { durationMs: 50, repetitions: 4 } });
  const disks = mountIn(context, lab, 'box-a');
  if (disks === undefined) return;
  await lab.begin({ agents: ['box-a'] });
  const running = await lab.sweepUntil(2);
  disks.fill('box-a');
  await waitFor('words for the user', () =>
    /trouble: box-a: .*the disk of \S+box-a\S* is full/.test(running.stderr()),
  );
  disks.free('box-a');
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stderr, /no longer: trouble: box-a: /);
});
