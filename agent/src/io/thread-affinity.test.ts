// SPDX-License-Identifier: Apache-2.0
/** Method: threads of real processes are moved by the real tool and looked up in /proc. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { readAllowedCpus } from './allowed-cpus.js';
import { pinThreads, threadsOfSameProcess } from './thread-affinity.js';

const PIN = join(dirname(GUEST_INIT_PATH), 'pin');

let sleeper: ChildProcess;
let thread = 0;

before(() => {
  sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
  thread = sleeper.pid ?? 0;
});
after(() => {
  sleeper.kill('SIGKILL');
});

test('a thread is moved, and where it is then comes back', async () => {
  const cpu = (await readAllowedCpus('/')).at(-1) ?? 0;
  const seen = await pinThreads(PIN, new Map([[thread, [cpu]]]));
  assert.deepEqual([...seen], [[thread, [cpu]]]);
  const status = await readFile(`/proc/${thread}/status`, 'utf8');
  assert.match(status, new RegExp(`^Cpus_allowed_list:\\s*${cpu}$`, 'm'));
});

test('a thread that is gone is named', async () => {
  await assert.rejects(pinThreads(PIN, new Map([[2 ** 22 + 1, [0]]])), /4194305/);
});

test('a CPU that this machine does not have is refused', async () => {
  await assert.rejects(pinThreads(PIN, new Map([[thread, [1000]]])), new RegExp(String(thread)));
});

test('a tool that is not built is told with the command that builds it', async () => {
  const wanted = new Map([[thread, [0]]]);
  await assert.rejects(pinThreads('/nonexistent/pin', wanted), /make -C native all/);
});

test('all threads of a process are found from any of them', async () => {
  const names = await threadsOfSameProcess(process.pid);
  assert.ok(names.length > 1 && names.includes(process.pid));
  const other = names.find((name) => name !== process.pid) ?? 0;
  assert.deepEqual([...(await threadsOfSameProcess(other))].sort(), [...names].sort());
  assert.deepEqual(await threadsOfSameProcess(2 ** 22 + 1), []);
});
