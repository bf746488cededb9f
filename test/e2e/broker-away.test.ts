// SPDX-License-Identifier: Apache-2.0
/**
 * A broker that is not there, is away, is full, or has lost its stream: the controller waits, says
 * why everywhere, and goes on by itself.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BrokerLab, heard } from './broker-lab.js';
import { run, start, temporaryFolder, waitFor, writeScriptedSpec } from './labsweep-process.js';

/** For some more trials. */
const ROOM_BYTES = 4_000;
const SPEC = { durationMs: 60, repetitions: 6 };

test('a controller that is started before its broker waits and says so, and users are told', async (context) => {
  const folder = temporaryFolder(context);
  const lab = await BrokerLab.prepare(folder);
  try {
    const controller = lab.startController(0);
    await heard(controller, /waiting: nats-server at .*CONNECTION_REFUSED; is it running/);
    const list = start(folder, 'list', '--controller', lab.addresses[0] ?? '');
    await waitFor('the answer', () =>
      /waiting for a controller: waiting: nats-server at/.test(list.stderr()),
    );
    await lab.startNats();
    const ended = await list.ended;
    assert.equal(ended.stdout, 'no sweeps\n', ended.stderr);
  } finally {
    await lab.close();
  }
});

test('a broker that is away for longer than the reign lasts: all wait, and go on when it is back', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, SPEC);
  const lab = await BrokerLab.prepare(folder);
  try {
    const nats = await lab.startNats();
    const controller = lab.startController(0, '--store', lab.store);
    await heard(controller, /reigns under term/);
    const [address = ''] = lab.addresses;
    lab.startAgent('box-a', address);
    const running = start(folder, 'run', 'sweep.toml', '--controller', address, '--out', 'result');
    await waitFor('a trial', () => / 2\/24 trials: /.test(running.stderr()));
    await nats.end('SIGKILL');
    await heard(controller, /nats-server at nats:\S+ is away since/);
    await heard(controller, /steps down: the lock was not renewed for 5 s: nats-server does not/);
    await waitFor('words for the user', () =>
      /waiting for a controller: standby; /.test(running.stderr()),
    );
    await lab.startNats();
    const ended = await running.ended;
    assert.equal(ended.exitCode, 0, ended.stderr);
  } finally {
    await lab.close();
  }
});

test('a log that is deleted and made again is folded anew, and what the controller knows comes back', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, SPEC);
  const lab = await BrokerLab.prepare(folder);
  try {
    await lab.startNats();
    const controller = lab.startController(0, '--store', lab.store);
    await heard(controller, /reigns under term/);
    const [address = ''] = lab.addresses;
    lab.startAgent('box-a', address);
    const running = start(folder, 'run', 'sweep.toml', '--controller', address, '--out', 'result');
    await waitFor('a trial', () => / 2\/24 trials: /.test(running.stderr()));
    const { config } = JSON.parse(await lab.request('STREAM.INFO.LABSWEEP_LOG'));
    await lab.request('STREAM.DELETE.LABSWEEP_LOG');
    await heard(controller, /steps down: the log is gone: its stream was deleted/);
    await heard(controller, /the log cannot be read: the stream does not exist; restore it/);
    await lab.request('STREAM.CREATE.LABSWEEP_LOG', JSON.stringify(config));
    const ended = await running.ended;
    assert.equal(ended.exitCode, 0, ended.stderr);
    assert.equal(ended.stderr.match(/ 24\/24 trials: /g)?.length, 1, ended.stderr);
  } finally {
    await lab.close();
  }
});

test('a broker whose store is full: nothing is granted, the reason is told, room lets it go on', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { durationMs: 40, repetitions: 12 });
  const lab = await BrokerLab.prepare(folder);
  const limited = (bytes: number) => {
    const path = join(folder, 'nats.conf');
    writeFileSync(path, `jetstream { max_file_store: ${bytes} }\n`);
    return ['-c', path];
  };
  try {
    let nats = await lab.startNats();
    const controller = lab.startController(0, '--store', lab.store);
    await heard(controller, /reigns under term/);
    const [address = ''] = lab.addresses;
    lab.startAgent('box-a', address);
    const running = start(folder, 'run', 'sweep.toml', '--controller', address, '--out', 'result');
    await waitFor('a trial', () => / 2\/48 trials: /.test(running.stderr()));
    await nats.end('SIGKILL');
    nats = await lab.startNats(...limited(bytesIn(lab.store) + ROOM_BYTES));
    await heard(
      controller,
      /steps down: .*the store of nats-server is full \(insufficient resources, code 10023\)/,
    );
    await waitFor('words for the user', () =>
      /waiting for a controller: standby; .*store of nats-server is full/.test(running.stderr()),
    );
    await nats.end('SIGTERM');
    await lab.startNats();
    const ended = await running.ended;
    assert.equal(ended.exitCode, 0, ended.stderr);
    assert.equal((await run(folder, 'list', '--controller', address)).exitCode, 0);
  } finally {
    await lab.close();
  }
});

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .filter((name) => `${name}`.endsWith('.blk'))
    .reduce((sum, name) => sum + statSync(join(folder, `${name}`)).size, 0);
}
