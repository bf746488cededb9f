// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type {
  HostCommand,
  HostId,
  KernelName,
  RowId,
  SweepCommand,
  SweepId,
} from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import { type CommandEntry, commandText } from './command-text.js';
import { renderJson } from './report/render-json.js';
import { renderText } from './report/render-text.js';
import { buildRecord } from './testing/record-builder.js';
import { plainSweep } from './testing/sample-records.js';

const HEAD = { id: 'id-1', atMs: Date.UTC(2026, 10, 27, 1, 2, 3), by: 'anna' };
const ofSweep = (command: SweepCommand): CommandEntry => ({
  type: 'commanded',
  sweep: 'window-1' as SweepId,
  ...HEAD,
  command,
});
const ofHost = (command: HostCommand): CommandEntry => ({
  type: 'host-commanded',
  ...HEAD,
  command,
});
const [host, kernel] = ['id-a' as HostId, 'v6.18' as KernelName];
const textOf = (entry: CommandEntry, ...withoutEffect: readonly string[]) =>
  commandText(entry, { nameOf: () => 'box-a', withoutEffect: new Set(withoutEffect) });

test('every command is told in the words of the command line', () => {
  const added = { name: kernel, source: 'file:x' };
  const told: readonly (readonly [CommandEntry, string])[] = [
    [ofSweep({ kind: 'pause' }), 'pause'],
    [ofSweep({ kind: 'rerun-failed' }), 'rerun --failed'],
    [ofSweep({ kind: 'rerun-row', row: 'qemu-smp1' as RowId }), 'rerun --row qemu-smp1'],
    [ofSweep({ kind: 'add-repetitions', count: 3 }), 'add --repetitions 3'],
    [ofSweep({ kind: 'add-kernel', kernel: added }), 'add --kernel v6.18=file:x'],
    [ofHost({ kind: 'drain', host }), 'drain box-a'],
    [ofHost({ kind: 'quarantine', host, reason: 'hot' }), 'quarantine box-a: hot'],
    [ofHost({ kind: 'quarantine', kernel, reason: 'x' }), 'quarantine --kernel v6.18: x'],
    [ofHost({ kind: 'release', host, kernel }), 'release box-a --kernel v6.18'],
  ];
  for (const [entry, text] of told) assert.equal(textOf(entry), text);
});

test('a command that changed nothing says so, in a report too', () => {
  assert.equal(textOf(ofSweep({ kind: 'pause' }), 'id-1'), 'pause (changed nothing)');
  assert.equal(textOf(ofSweep({ kind: 'pause' }), 'id-2'), 'pause');
  assert.equal(textOf(ofHost({ kind: 'drain', host }), 'id-1'), 'drain box-a', 'of hosts all do');
  const late = { ...ofSweep({ kind: 'rerun-failed' }), id: 'id-2' };
  const { commands } = analyseSweep({
    ...buildRecord(plainSweep()),
    commands: [ofSweep({ kind: 'cancel' }), late],
    withoutEffect: new Set(['id-2']),
  });
  assert.deepEqual(
    commands.map((line) => line.replace(/^.*anna: /, '')),
    ['cancel', 'rerun --failed (changed nothing)'],
  );
});

test('a report tells who asked what and when, and one without commands has no such section', () => {
  const quiet = buildRecord(plainSweep());
  const record = {
    ...quiet,
    commands: [ofSweep({ kind: 'pause' }), ofHost({ kind: 'drain', host })],
  };
  const text = renderText(analyseSweep(record));
  assert.match(
    text,
    /\nCommands after the submission\n {2}2026-11-27 01:02:03 UTC, anna: pause\n.*: drain id-a\n/,
  );
  assert.doesNotMatch(renderText(analyseSweep(quiet)), /Commands after/);
  const json = JSON.parse(renderJson(record, analyseSweep(record)));
  assert.deepEqual(json.commands, record.commands);
});
