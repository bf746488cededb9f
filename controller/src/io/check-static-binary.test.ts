// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: only what runs in an empty guest passes. Method: real output of gcc, and changed headers.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { checkStaticBinary } from './check-static-binary.js';
import { runCommand } from './command.js';

const { signal } = new AbortController();
const built = new Map<string, Buffer>();

before(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-elf-'));
  await writeFile(join(directory, 'a.c'), 'int main(void) { return 0; }\n');
  for (const flag of ['-static', '-static-pie', '-pie', '-no-pie', '-c', '-shared']) {
    await runCommand('gcc', [flag, '-fPIC', '-o', 'out', 'a.c'], { directory, signal });
    built.set(flag, await readFile(join(directory, 'out')));
  }
  await rm(directory, { recursive: true });
});

function check(flag: string, change?: (copy: Buffer) => Buffer | undefined) {
  const copy = Buffer.from(built.get(flag) ?? []);
  return () => checkStaticBinary(change?.(copy) ?? copy, 'bench');
}

test('static programs pass, position-independent ones too', () => {
  check('-static')();
  check('-static-pie')();
});

test('dynamic programs are refused with what to do', () => {
  const message = /bench cannot be the reproducer: it needs shared libraries.*gcc -static/;
  assert.throws(check('-no-pie'), message);
  assert.throws(check('-pie'), { name: 'UsageError', message });
});

test('object files and libraries are refused', () => {
  assert.throws(check('-c'), /object file or a library/);
  assert.throws(check('-shared'), /object file or a library/);
});

test('programs for other machines are refused by name', () => {
  const arm64 = check('-static', (copy) => void copy.writeUInt16LE(183, 18));
  assert.throws(arm64, /it is for arm64/);
  const other = check('-static', (copy) => void copy.writeUInt16LE(999, 18));
  assert.throws(other, /it is for machine 999/);
});

test('what is no program, or not whole, is refused', () => {
  assert.throws(() => checkStaticBinary(Buffer.alloc(0), 'bench'), /it is empty/);
  assert.throws(() => checkStaticBinary(Buffer.from('#!/bin/sh\n'), 'bench'), /it is a script/);
  assert.throws(() => checkStaticBinary(Buffer.from('MZ'), 'bench'), /it is no ELF program/);
  assert.throws(
    check('-static', (copy) => copy.subarray(0, 40)),
    /cut off within its header/,
  );
  assert.throws(
    check('-static', (copy) => copy.subarray(0, 100)),
    /it is cut off\. Copy/,
  );
});
