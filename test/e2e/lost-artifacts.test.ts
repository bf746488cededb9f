// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: what the lab's store has lost of a sweep keeps its rows waiting, speaks against no host,
 * and is stored anew when the sweep is submitted again. Method: a real lab, from whose nats-server
 * the parts of all artifacts are taken away.
 */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lab, openLab } from './lab.js';
import { resultLines, start, waitFor } from './labsweep-process.js';

const PURGE = 'STREAM.PURGE.OBJ_LABSWEEP_ARTIFACTS';
const PARTS = { filter: '$O.LABSWEEP_ARTIFACTS.C.*' };

/** A lab whose only host gets no work, so that nothing of a sweep is fetched. */
async function openDrainedLab(context: Parameters<typeof openLab>[0]): Promise<Lab> {
  const lab = await openLab(context, { spec: {}, agents: ['box-a'] });
  while (!/box-a +idle/.test((await lab.ask('hosts')).stdout)) await delay(100);
  await lab.ask('drain', 'box-a');
  return lab;
}

/** Ends `labsweep run` when the sweep is in the log. Returns the id of the sweep. */
async function submit(lab: Lab): Promise<string> {
  const running = lab.sweep();
  const told = () => `the submission in ${running.stderr()}`;
  await waitFor(told, () => /box-a is drained by/.test(running.stderr()));
  running.child.kill('SIGINT');
  return /(scripted-[0-9a-f]{8})/.exec((await running.ended).stderr)?.[1] ?? '';
}

test('a sweep whose program is lost waits, blames no host, and goes on when it is run again', async (context) => {
  const lab = await openDrainedLab(context);
  const sweep = await submit(lab);
  await lab.request(PURGE, PARTS);

  await lab.ask('undrain', 'box-a');
  const watching = start(lab.folder, 'watch', sweep, ...lab.at);
  const lost =
    /row scripted-smp1 waits: box-a: artifact [0-9a-f]{64} is damaged in the object store/;
  await waitFor(
    () => `the reason in ${watching.stderr()}`,
    () => lost.test(watching.stderr()),
  );
  watching.child.kill('SIGINT');
  await watching.ended;

  const again = lab.sweep();
  const anew = /the program, as compiled by gcc.* is damaged .*; it is stored anew/;
  await waitFor(
    () => `the program in ${again.stderr()}`,
    () => anew.test(again.stderr()),
  );
  const ended = await again.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  const lines = resultLines(join(lab.folder, 'result')).slice(1);
  assert.equal(lines.length, 12);
  for (const line of lines) assert.match(line, /,1,measured,/, 'in the first attempt');
  assert.doesNotMatch((await lab.ask('hosts')).stdout, /quarantine/);
});

test('a run of a sweep of which nothing is lost stores nothing', async (context) => {
  const lab = await openDrainedLab(context);
  const lastStored = async () => {
    const info = await lab.request('STREAM.INFO.OBJ_LABSWEEP_ARTIFACTS');
    return (info as { readonly state: { readonly last_seq: number } }).state.last_seq;
  };
  await submit(lab);
  const stored = await lastStored();
  assert.ok(stored > 0);
  await submit(lab);
  assert.equal(await lastStored(), stored);
});
