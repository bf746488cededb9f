// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StoredRecord } from './agent-record.js';
import { sampleLease } from './testing/sample-lease.js';

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-record-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the next process of an agent has the same name, term, sequence and lease', async (context) => {
  const folder = folderOf(context);
  const first = await StoredRecord.open(folder, () => {});
  const lease = sampleLease(['a', 'b']);
  first.obeys({ term: 9, reign: 'a' });
  first.obeys({ term: 4, reign: 'b' });
  first.obeys({ term: 9, reign: 'c' });
  first.acknowledged(123);
  first.holds(lease, 'boot-1');
  await first.close();
  const second = await StoredRecord.open(folder, () => {});
  assert.equal(second.instance, first.instance);
  assert.deepEqual(second.seen, { term: 9, reign: 'a' });
  assert.equal(second.acknowledgedSequence, 123);
  assert.deepEqual(second.left, { lease, bootId: 'boot-1' });
  second.holds(undefined, '');
  await second.close();
  assert.equal((await StoredRecord.open(folder, () => {})).left, undefined);
});

test('a damaged record is set aside with a note, and the agent is a new one', async (context) => {
  const folder = folderOf(context);
  const first = await StoredRecord.open(folder, () => {});
  writeFileSync(join(folder, 'agent.json'), '{"instance":"a","term":-1');
  writeFileSync(join(folder, 'lease.json'), '{"bootId":"b","wire":{"body":"lease","lease":{}}}');
  const notes: string[] = [];
  const second = await StoredRecord.open(folder, (text) => notes.push(text));
  assert.notEqual(second.instance, first.instance);
  assert.equal(second.left, undefined);
  assert.match(notes.join('\n'), /agent\.json cannot be understood.*\n.*lease\.json cannot/);
  const names = ['agent.json', 'agent.json.damaged', 'lease.json.damaged'];
  assert.deepEqual(readdirSync(folder).sort(), names);
});
