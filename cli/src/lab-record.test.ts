// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRunningLab, removeLabRecord, writeLabRecord } from './lab-record.js';

const ADDRESS = [{ host: '127.0.0.1', port: 7700 }];

function folderOf(context: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-record-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a lab is found while its process lives and says so', async (context) => {
  const folder = folderOf(context);
  assert.equal(await readRunningLab(folder), undefined);
  await writeLabRecord(folder, ADDRESS);
  assert.deepEqual(await readRunningLab(folder), ADDRESS);
  await removeLabRecord(folder);
  assert.equal(await readRunningLab(folder), undefined);
});

test('what a killed lab left behind counts for nothing, even when its number is in use', async (context) => {
  const folder = folderOf(context);
  await writeLabRecord(folder, ADDRESS);
  const path = join(folder, 'lab.json');
  const record = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...record, startedAtTicks: '1' }));
  assert.equal(await readRunningLab(folder), undefined);
  writeFileSync(path, JSON.stringify({ ...record, pid: 2 ** 30 }));
  assert.equal(await readRunningLab(folder), undefined);
  writeFileSync(path, '{"controller": "127.0');
  assert.equal(await readRunningLab(folder), undefined);
});
