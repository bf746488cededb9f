// SPDX-License-Identifier: Apache-2.0
/**
 * A broker that is not there, is away, is full, or has lost its stream: the controller waits, says
 * why everywhere, and goes on by itself.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { heard, Lab, openLab, type StreamInfo } from './lab.js';
import { resultLines, start, waitFor } from './labsweep-process.js';
import { outcomesIn } from './log-outcomes.js';

/** For some more trials. */
const ROOM_BYTES = 4_000;
const SPEC = { durationMs: 60, repetitions: 6 };
const AWAY_MS = 20_000;

test('a controller that is started before its broker waits and says so, and users are told', async (context) => {
  const lab = await Lab.prepare(context);
  const controller = lab.startController(0);
  await heard(controller, /waiting: nats-server at .*CONNECTION_REFUSED; is it running/);
  const list = start(lab.folder, 'list', ...lab.at);
  await waitFor('the answer', () =>
    /waiting for a controller: waiting: nats-server at/.test(list.stderr()),
  );
  await lab.startNats();
  const ended = await list.ended;
  assert.equal(ended.stdout, 'no sweeps\n', ended.stderr);
});

test('a broker that is away for longer than the reign lasts: all wait, and go on when it is back', async (context) => {
  const lab = await openLab(context, { spec: SPEC, agents: ['box-a'] });
  const running = await lab.sweepUntil(2);
  await lab.nats?.end('SIGKILL');
  const [controller = running] = lab.controllers;
  await heard(controller, /nats-server at nats:\S+ is away since/);
  await heard(controller, /steps down: the lock was not renewed for 5 s: nats-server does not/);
  await waitFor('words for the user', () =>
    /waiting for a controller: standby; /.test(running.stderr()),
  );
  await lab.startNats();
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
});

test('a broker that is away for longer than anybody remembers: nothing is lost, nothing counts twice', async (context) => {
  const lab = await openLab(context, {
    spec: { ...SPEC, repetitions: 12 },
    agents: ['box-a', 'box-b'],
    // Nothing is settled before the broker goes, so that all of it is published again.
    controller: ['--synced-after', `${AWAY_MS / 1000}`],
  });
  // An hour is long because ten minutes of message ids are kept: here it is a tenth of a second.
  const { config } = await lab.request<StreamInfo>('STREAM.INFO.LABSWEEP_LOG');
  await lab.request('STREAM.UPDATE.LABSWEEP_LOG', { ...config, duplicate_window: 100e6 });
  const running = await lab.sweepUntil(10);
  await lab.nats?.end('SIGKILL');
  // Longer than leases, the reign and the grace of scripted trials.
  await delay(AWAY_MS);
  await lab.startNats();
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  const inLog = await outcomesIn(lab);
  const twice = inLog.length - new Set(inLog).size;
  context.diagnostic(`${inLog.length} outcomes in the log, ${twice} of them twice`);
  assert.ok(twice > 0, 'the server still knew its message ids');
  const { trials } = lab.results<{ trials: readonly { trial: string }[] }>();
  assert.equal(new Set(trials.map(({ trial }) => trial)).size, 48);
  const accepted = resultLines(join(lab.folder, 'result')).filter((line) => /,yes,/.test(line));
  assert.equal(accepted.length, 48, 'each trial counts once');
});

test('a log that is deleted and made again is folded anew, and what the controller knows comes back', async (context) => {
  const lab = await openLab(context, { spec: SPEC, agents: ['box-a'] });
  const running = await lab.sweepUntil(2);
  const [controller = running] = lab.controllers;
  const { config } = await lab.request<StreamInfo>('STREAM.INFO.LABSWEEP_LOG');
  await lab.request('STREAM.DELETE.LABSWEEP_LOG');
  await heard(controller, /steps down: the log is gone: its stream was deleted/);
  await heard(controller, /the log cannot be read: the stream does not exist; restore it/);
  await lab.request('STREAM.CREATE.LABSWEEP_LOG', config);
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.equal(ended.stderr.match(/ 24\/24 trials: /g)?.length, 1, ended.stderr);
});

test('a broker whose store is full: nothing is granted, the reason is told, room lets it go on', async (context) => {
  const spec = { durationMs: 40, repetitions: 12 };
  const lab = await openLab(context, { spec, agents: ['box-a'] });
  const limited = (bytes: number) => {
    const path = join(lab.folder, 'nats.conf');
    writeFileSync(path, `jetstream { max_file_store: ${bytes} }\n`);
    return ['-c', path];
  };
  const running = await lab.sweepUntil(2);
  await lab.nats?.end('SIGKILL');
  const nats = await lab.startNats(...limited(bytesIn(lab.store) + ROOM_BYTES));
  await heard(
    lab.controllers[0] ?? running,
    /steps down: .*the store of nats-server is full \(insufficient resources, code 10023\)/,
  );
  await waitFor('words for the user', () =>
    /waiting for a controller: standby; .*store of nats-server is full/.test(running.stderr()),
  );
  await nats.end('SIGTERM');
  await lab.startNats();
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  await lab.ask('list');
});

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .filter((name) => `${name}`.endsWith('.blk'))
    .reduce((sum, name) => sum + statSync(join(folder, `${name}`)).size, 0);
}
