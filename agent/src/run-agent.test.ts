// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an agent undoes at its start what a killed one has changed on the machine. Method: the
 * real program, a journal as a killed agent leaves it, and a setting that harms nobody.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SettingsJournal } from './hygiene/settings-journal.js';
import { AGENT_PROGRAM } from './index.js';
import { waitUntil } from './testing/wait-until.js';

/** How often the kernel sums up its statistics, in seconds. */
const SETTING = 'proc/sys/vm/stat_interval';

/** Starts an agent that finds no controller, and gives its log once it has said `wanted`. */
async function agentLog(directory: string, wanted: RegExp): Promise<string> {
  const place = ['--state', join(directory, 'state'), '--journal', directory];
  // An id of its own, so that the lock of an agent at work on this machine is not in the way.
  const words = ['--runners', 'native', '--host-id', `test-${process.pid}`];
  const child = spawn(
    process.execPath,
    [AGENT_PROGRAM, '--controller', '127.0.0.1:1', ...place, ...words, '--stop-with-parent'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  try {
    await waitUntil(`the agent to say ${wanted}`, async () => wanted.test(log));
    return log;
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

test('an agent that starts puts back what a killed one has set, and says so', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root may change a setting of the kernel');
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-agent-'));
  const before = await readFile(`/${SETTING}`, 'utf8');
  try {
    const journal = await SettingsJournal.open({ journalPath: join(directory, 'settings.json') });
    await journal.set(SETTING, String(Number(before) + 1));
    const log = await agentLog(directory, /native: available/);
    assert.match(log, /left by a killed agent: \/proc\/sys\/vm\/stat_interval set back from/);
    assert.equal(await readFile(`/${SETTING}`, 'utf8'), before);
  } finally {
    await writeFile(`/${SETTING}`, before);
    await rm(directory, { recursive: true, force: true });
  }
});
