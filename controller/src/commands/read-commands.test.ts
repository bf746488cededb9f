// SPDX-License-Identifier: Apache-2.0
/** What users get wrong when they ask something of a sweep or a host, and what they are told. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, KernelName, LogEntry } from '@labsweep/proto';
import { applyEntry } from '../fold/apply-entry.js';
import { CommandRecord } from '../fold/command-record.js';
import { emptyLabState, type SweepState } from '../fold/lab-state.js';
import { SWEEP, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { type HostCommandRequest, type KnownNames, readHostCommand } from './read-host-command.js';
import {
  readSweepCommand,
  type SweepCommandRequest,
  unknownSweepText,
} from './read-sweep-command.js';

function sweepAfter(...entries: readonly LogEntry[]): SweepState {
  const lab = emptyLabState();
  for (const entry of [submittedEntry(), ...entries]) applyEntry(lab, entry);
  const sweep = lab.sweeps.get(SWEEP);
  assert(sweep);
  return sweep;
}

const NOTHING = { row: '', count: 0, kernel: '', source: '' };
const FINISHED = ['qemu-smp1/r1', 'qemu-smp1/r2', 'qemu-smp2/r1', 'qemu-smp2/r2'].flatMap((block) =>
  wholeAttempt(block),
);
const CANCELLED: LogEntry = { type: 'cancelled', sweep: SWEEP, atMs: 5, by: 'anna' };

type Asked = Partial<SweepCommandRequest> & { readonly kind: string };
const ask = (request: Asked, ...entries: readonly LogEntry[]) =>
  readSweepCommand(sweepAfter(...entries), { ...NOTHING, ...request });

const MISTAKES: readonly (readonly [Asked, RegExp, ...LogEntry[]])[] = [
  [{ kind: 'paus' }, /unknown command `paus`; did you mean `pause`/],
  [{ kind: 'pause' }, /has finished: nothing is left to pause; `labsweep rerun`/, ...FINISHED],
  [{ kind: 'resume' }, /was cancelled, which is final.*--fresh/, CANCELLED],
  [{ kind: 'rerun-failed' }, /none of the 4 decided blocks lacks .*--row ROW/, ...FINISHED],
  [{ kind: 'rerun-row', row: 'qemu-smp3' }, /no row `qemu-smp3`; did you mean `qemu-smp1`/],
  [{ kind: 'rerun-row' }, /rerun needs a row; known: `qemu-smp1`, `qemu-smp2`/],
  [{ kind: 'add-repetitions', count: 0 }, /from 1 to 998, got 0; .* has 2, .* 1000 are allowed/],
  [{ kind: 'add-repetitions', count: 999 }, /from 1 to 998, got 999/],
  [{ kind: 'add-kernel', kernel: 'a b', source: 'file:x' }, /`a b` cannot be the name/],
  [{ kind: 'add-kernel', kernel: 'new', source: 'file:x' }, /has a kernel `new` already/],
  [{ kind: 'add-kernel', kernel: 'third', source: 'fil:x' }, /did you mean `file:`/],
  [{ kind: 'add-kernel', kernel: 'third', source: 'host' }, /no environment .* takes such/],
];

for (const [request, message, ...entries] of MISTAKES) {
  test(`refused: ${JSON.stringify(request)}`, () => {
    assert.throws(() => ask(request, ...entries), { name: 'UsageError', message });
  });
}

test('a sweep that came to its end while it was paused can be resumed, for what is added later', () => {
  const command = { kind: 'pause' } as const;
  const header = { type: 'commanded', sweep: SWEEP, id: 'asked-by-anna', by: 'anna' } as const;
  const paused: LogEntry = { ...header, atMs: 1, command };
  assert.deepEqual(ask({ kind: 'resume' }, paused, ...FINISHED), { kind: 'resume' });
  assert.throws(() => ask({ kind: 'resume' }, ...FINISHED), /nothing is left to resume/);
});

test('what can be done is read, also of a sweep that has ended', () => {
  assert.deepEqual(ask({ kind: 'pause' }), { kind: 'pause' });
  assert.deepEqual(ask({ kind: 'cancel' }, CANCELLED), { kind: 'cancel' });
  const more = { kind: 'add-repetitions', count: 3 };
  assert.deepEqual(ask(more, ...FINISHED), more);
  const kernel = ask({ kind: 'add-kernel', kernel: 'third', source: 'file:x' }, ...FINISHED);
  assert.equal(kernel.kind === 'add-kernel' && kernel.kernel.source.kind, 'file');
});

test('a sweep that is not there is answered with the nearest one', () => {
  assert.match(unknownSweepText('windw-1', ['window-1']), /did you mean `window-1`\? see labsweep/);
  assert.equal(unknownSweepText('x', []), "there is no sweep 'x'; see labsweep list");
});

const HOSTS = [
  { host: 'id-a' as HostId, hostName: 'box-a' },
  { host: 'id-b' as HostId, hostName: 'box-b' },
  { host: 'id-c' as HostId, hostName: 'box-b' },
];

function askHost(request: Partial<HostCommandRequest>, hosts: KnownNames['hosts'] = HOSTS) {
  const kernels = ['old' as KernelName, 'new' as KernelName];
  const known = { hosts, kernels, commands: new CommandRecord() };
  return readHostCommand(known, { kind: '', host: '', kernel: '', reason: '', ...request });
}

const HOST_MISTAKES: readonly (readonly [Partial<HostCommandRequest>, RegExp])[] = [
  [{ kind: 'dain', host: 'box-a' }, /did you mean `drain`/],
  [{ kind: 'drain' }, /name a host; known: `box-a`/],
  [{ kind: 'drain', host: 'bax-a' }, /no host 'bax-a'; did you mean `box-a`/],
  [{ kind: 'drain', host: 'box-b' }, /2 hosts are called 'box-b'; .* id-b, id-c/],
  [{ kind: 'quarantine', reason: 'hot' }, /needs a host, or --kernel/],
  [{ kind: 'quarantine', host: 'box-a' }, /needs a reason/],
  [{ kind: 'quarantine', kernel: 'nw', reason: 'hot' }, /no sweep has a kernel `nw`; .* `new`/],
  [{ kind: 'release', host: 'box-a' }, /box-a is not in quarantine/],
];

for (const [request, message] of HOST_MISTAKES) {
  test(`refused: ${JSON.stringify(request)}`, () => {
    assert.throws(() => askHost(request), { name: 'UsageError', message });
  });
}

test('a host goes by its name or its id', () => {
  assert.deepEqual(askHost({ kind: 'drain', host: 'box-a' }), { kind: 'drain', host: 'id-a' });
  assert.deepEqual(askHost({ kind: 'drain', host: 'id-c' }), { kind: 'drain', host: 'id-c' });
  assert.throws(() => askHost({ kind: 'drain', host: 'x' }, []), /no host has joined this lab yet/);
});
