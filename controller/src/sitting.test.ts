// SPDX-License-Identifier: Apache-2.0
/** Goal: how a sitting begins and ends, at bad moments. Method: a broker in memory, real time. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BlockId,
  type ControllerMessage,
  LabsweepError,
  messageIdOf,
  type RowId,
} from '@labsweep/proto';
import { helloOf, outcomeEntry, SWEEP, submittedEntry } from './testing/lab-harness.js';
import { SittingLab } from './testing/sitting-lab.js';

/** Longer than anything that a sitting would still do. */
const AFTERWARDS_MS = 50;
const LIMIT = { timeout: 20_000 };

/** A lab whose sitting waits for the answer to its request for the lock. */
async function askingLab() {
  const lab = new SittingLab();
  lab.answers = false;
  const end = lab.newSitting().run();
  await lab.until(() => lab.writesBegun === 1);
  return { lab, end };
}

test('a controller that is stopped while it asks for the lock gives it back', LIMIT, async () => {
  const { lab, end } = await askingLab();
  lab.stop.abort();
  await delay(AFTERWARDS_MS);
  lab.answers = true;
  assert.equal(await end, undefined);
  assert.equal(lab.lock?.record.released, true);
  await delay(AFTERWARDS_MS);
  assert.deepEqual(lab.gate, ['standby; the controller was stopped']);
});

test(
  'a sitting whose log breaks while it asks for the lock never opens the gate',
  LIMIT,
  async () => {
    const { lab, end } = await askingLab();
    lab.createdAt = 'second';
    await lab.until(() => lab.gate.length > 0);
    lab.answers = true;
    assert.match((await end)?.reason ?? '', /^the log was made anew at second/);
    assert.equal(lab.lock?.record.released, true);
    await delay(AFTERWARDS_MS);
    assert.equal(lab.gate.length, 1, lab.gate.join());
    assert.match(lab.gate[0] ?? '', /^standby; the log was made anew at second/);
    lab.stop.abort();
  },
);

test('an answer that comes after its sitting leaves the gate to the next one', LIMIT, async () => {
  const lab = new SittingLab();
  let refuse: ((error: Error) => void) | undefined;
  lab.checkStore = () =>
    new Promise((_, reject) => {
      refuse = reject;
    });
  const end = lab.newSitting().run();
  await lab.until(() => refuse !== undefined);
  lab.stop.abort();
  await end;
  refuse?.(new LabsweepError('of another log'));
  await delay(AFTERWARDS_MS);
  assert.deepEqual(lab.gate, ['standby; the controller was stopped']);
  assert.deepEqual(lab.notes, []);
});

test('a sitting that gets the lock opens the gate, and shuts it as it ends', LIMIT, async () => {
  const lab = new SittingLab();
  const end = lab.newSitting().run();
  await lab.until(() => lab.gate.length > 0);
  lab.stop.abort();
  await end;
  assert.deepEqual(lab.gate, ['open', 'standby; the controller was stopped']);
});

test('a controller with a wrong store asks for no lock, and says why once', LIMIT, async () => {
  const lab = new SittingLab();
  let checks = 0;
  lab.checkStore = async () => {
    checks += 1;
    throw new LabsweepError('--store: of another log');
  };
  const end = lab.newSitting().run();
  await lab.until(() => checks > 2);
  assert.equal(lab.writesBegun, 0);
  const reason = 'standby; cannot reign: --store: of another log';
  assert.deepEqual([lab.gate, lab.notes, lab.ready], [[reason], [reason], 1]);
  lab.checkStore = async () => {};
  await lab.until(() => lab.gate.includes('open'));
  lab.stop.abort();
  await end;
});

test(
  'a store that turns out wrong under the lock ends the sitting, which gives it back',
  LIMIT,
  async () => {
    const lab = new SittingLab();
    lab.checkStore = async () => {
      if (lab.lock !== undefined) throw new LabsweepError('--store: of another log');
    };
    const end = await lab.newSitting().run();
    assert.deepEqual(end, { reason: '--store: of another log' });
    assert.equal(lab.lock?.record.released, true);
    assert.deepEqual(lab.gate, ['standby; --store: of another log']);
  },
);

test('a controller that has not folded the log yet asks for no lock', LIMIT, async () => {
  const lab = new SittingLab();
  lab.logLength = 3;
  lab.delivers = false;
  const end = lab.newSitting().run();
  await delay(AFTERWARDS_MS);
  assert.equal(lab.writesBegun, 0);
  lab.delivers = true;
  await lab.until(() => lab.gate.includes('open'));
  assert.ok(lab.notes.includes('folded 3 log entries'));
  lab.stop.abort();
  await end;
});

test(
  'what was folded before the reign is settled for an agent that still holds it',
  LIMIT,
  async () => {
    const lab = new SittingLab();
    const outcome = outcomeEntry('qemu-smp1/r1/old');
    lab.entries = [submittedEntry(), outcome];
    lab.logLength = lab.entries.length;
    const end = lab.newSitting().run();
    await lab.until(() => lab.gate.includes('open'));
    const settled: string[] = [];
    const send = (message: ControllerMessage) => {
      if (message.kind === 'settled') settled.push(...message.messageIds);
      if (message.kind === 'folded') settled.push(...message.settledIds);
    };
    const unsettled = [messageIdOf(outcome)];
    lab.loop?.hello({ ...helloOf(outcome.host), unsettled }, { send, close: () => {} });
    await lab.until(() => settled.length > 0);
    assert.deepEqual(settled, unsettled);
    lab.stop.abort();
    await end;
  },
);

test(
  'a trouble of the lab tells of a command that the log has lost and that is not done again',
  LIMIT,
  async () => {
    const lab = new SittingLab();
    const asked = (kind: 'pause' | 'resume', id: string) => {
      const header = { type: 'commanded' as const, sweep: SWEEP, id, atMs: 1, by: 'anna' };
      return { ...header, command: { kind } };
    };
    // As by an earlier sitting of this process, before another controller was asked to resume.
    lab.writer.saw(asked('pause', 'lost'));
    lab.entries = [submittedEntry(), asked('resume', 'newer')];
    lab.logLength = lab.entries.length;
    const end = lab.newSitting().run();
    await lab.until(() => lab.gate.includes('open'));
    const { loop } = lab;
    assert(loop);
    const troubles: string[] = [];
    loop.setTroubles = (texts) => void troubles.push(...texts);
    await lab.until(() => troubles.length > 0);
    assert.match(troubles[0] ?? '', /^the log has lost the `pause` of window-1a2b3c4d by anna/);
    lab.stop.abort();
    await end;
  },
);

test('an outcome of a block that a stopped row has dropped waits for nothing', LIMIT, async () => {
  const lab = new SittingLab();
  const command = { kind: 'stop-row' as const, row: 'qemu-smp1' as RowId, repetitions: 1 };
  const stop = { type: 'commanded' as const, sweep: SWEEP, id: 'stop', atMs: 1, by: '', command };
  lab.entries = [submittedEntry(), stop, outcomeEntry('qemu-smp1/r2/old')];
  lab.logLength = lab.entries.length;
  const end = lab.newSitting().run();
  await lab.until(() => lab.gate.includes('open'));
  const dropped = lab.loop?.sweep(SWEEP)?.dropped.get('qemu-smp1/r2' as BlockId);
  assert.equal(dropped?.attempts.length, 1);
  lab.stop.abort();
  await end;
});
