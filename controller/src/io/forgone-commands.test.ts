// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a command that is not done again after a loss can be seen for as long as its controller
 * lives, by who looks at the sweep or at the hosts. Method: the record, and the calls over it.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, SweepId } from '@labsweep/proto';
import type { CommandRecord } from '../fold/command-record.js';
import type { SweepLoop } from '../sweep-loop.js';
import { submittedEntry } from '../testing/lab-harness.js';
import type { CommandDesk } from './command-desk.js';
import { commandHandlers } from './command-handlers.js';
import type { Command } from './command-matter.js';
import { ForgoneCommands } from './forgone-commands.js';

const DAY_MS = 24 * 60 * 60_000;
const SUBMITTED = submittedEntry();
const HOST = 'id-of-box-a' as HostId;

function ofSweep(kind: 'pause' | 'resume', by: string, sweep = SUBMITTED.sweep): Command {
  return { type: 'commanded', sweep, id: `${kind}-${by}`, atMs: 5_000, by, command: { kind } };
}

function ofHost(kind: 'drain' | 'undrain', by: string, atMs: number): Command {
  const command = { kind, host: HOST };
  return { type: 'host-commanded', id: `${kind}-${by}`, atMs, by, command };
}

/** As users ask it, and asked again since. */
function forgone(): ForgoneCommands {
  const commands = new ForgoneCommands();
  const atMonotonicMs = 0;
  const other = 'other-1a2b3c4d' as SweepId;
  for (const [lost, newer] of [
    [ofSweep('pause', 'anna'), ofSweep('resume', 'ben')],
    [ofSweep('pause', 'carl', other), ofSweep('resume', 'ben', other)],
    [ofHost('drain', 'dora', SUBMITTED.atMs - 1), ofHost('undrain', 'ben', 9_000)],
    [ofHost('drain', 'emil', 6_000), ofHost('undrain', 'ben', 9_000)],
  ] as const) {
    commands.add({ lost, newer, atMonotonicMs });
  }
  return commands;
}

interface Reply {
  readonly lostCommands?: readonly { readonly by?: string; readonly text?: string }[];
}

/** The answers of the controller over it. */
function answers(commands: ForgoneCommands) {
  const record = { quarantines: () => [], ofSweep: () => [], ofHosts: () => [] };
  const loop = {
    hosts: () => [{ host: HOST, hostName: 'box-a', quarantine: [], labels: [] }],
    commands: record as unknown as CommandRecord,
  } as unknown as SweepLoop;
  const desk = { find: () => ({ submitted: SUBMITTED }) } as unknown as CommandDesk;
  const handlers = commandHandlers({ loop, desk, forgone: () => commands.record });
  const told = (reply: Reply | null | undefined) =>
    reply?.lostCommands?.map(({ by, text }) => `${by}: ${text?.split(', and')[0]}`);
  let hosts: readonly string[] | undefined;
  let history: readonly string[] | undefined;
  const call = { request: { sweep: SUBMITTED.sweep } } as never;
  handlers.ListHosts(call, (_error, reply) => {
    hosts = told(reply);
  });
  handlers.History(call, (_error, reply) => {
    history = told(reply);
  });
  return { hosts, history };
}

const ANNA = `anna: the log has lost the \`pause\` of ${SUBMITTED.sweep} by anna`;
const DORA = 'dora: the log has lost the `drain` of box-a by dora';
const EMIL = 'emil: the log has lost the `drain` of box-a by emil';

test('the hosts tell of theirs, and a sweep of its own and of those of hosts since it is there', () => {
  const { hosts, history } = answers(forgone());
  assert.deepEqual(hosts, [DORA, EMIL]);
  assert.deepEqual(history, [ANNA, EMIL]);
});

test('they do so when nobody is troubled any longer', () => {
  const commands = forgone();
  assert.equal(commands.texts(0, String).length, 4);
  commands.asked(ofHost('drain', 'dora', 10_000));
  assert.equal(commands.texts(1_000, String).length, 2, 'somebody has asked about the host');
  assert.deepEqual(commands.texts(DAY_MS, String), [], 'everybody has had the time to look');
  assert.deepEqual(answers(commands).hosts, [DORA, EMIL]);
});

test('a record has an end', () => {
  const commands = forgone();
  const pair = { lost: ofSweep('pause', 'x'), newer: ofSweep('resume', 'y'), atMonotonicMs: 0 };
  for (let count = 0; count < 1_000; count += 1) commands.add(pair);
  assert.equal(commands.record.length, 100);
});
