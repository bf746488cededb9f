// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { messageIdOf, sha256Of } from '@labsweep/proto';
import { Spool } from './spool.js';
import { sampleOutcome } from './testing/sample-outcome.js';

function spoolFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-spool-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('what was spooled is there for the next agent process, oldest first', async (context) => {
  const folder = spoolFolder(context);
  const first = await Spool.open(folder);
  const late = sampleOutcome('b', { startedAtMs: 2_000 });
  const early = sampleOutcome('a');
  await first.add(late, []);
  await first.add(early, []);
  const second = await Spool.open(folder);
  assert.deepEqual(second.unsettled(), [early, late]);
  assert.ok(second.has(messageIdOf(early)));
});

test('a settled entry goes with its evidence, and evidence that another entry shares stays', async (context) => {
  const folder = spoolFolder(context);
  const spool = await Spool.open(folder);
  const bytes = Buffer.from('console');
  const evidence = { console: sha256Of(bytes) };
  const entries = [sampleOutcome('a', { evidence }), sampleOutcome('b', { evidence })];
  for (const entry of entries) await spool.add(entry, [bytes]);
  const [a, b] = entries.map(messageIdOf);
  await spool.settle(a ?? '');
  assert.deepEqual(Buffer.from((await spool.artifact(evidence.console)) ?? ''), bytes);
  await spool.settle(b ?? '');
  assert.equal(await spool.artifact(evidence.console), undefined);
  assert.deepEqual(readdirSync(folder), ['artifacts']);
  assert.deepEqual((await Spool.open(folder)).unsettled(), []);
});

test('evidence stays while another entry with the same bytes is being added', async (context) => {
  const spool = await Spool.open(spoolFolder(context));
  const bytes = Buffer.from('console');
  const evidence = { console: sha256Of(bytes) };
  const [old, young] = [sampleOutcome('a', { evidence }), sampleOutcome('b', { evidence })];
  await spool.add(old, [bytes]);
  await Promise.all([spool.add(young, [bytes]), spool.settle(messageIdOf(old))]);
  assert.deepEqual(Buffer.from((await spool.artifact(evidence.console)) ?? ''), bytes);
});

test('a file that was being written when the agent died is removed', async (context) => {
  const folder = spoolFolder(context);
  await Spool.open(folder);
  writeFileSync(join(folder, 'half.json.tmp'), '{"type":"trial-e');
  assert.deepEqual((await Spool.open(folder)).unsettled(), []);
  assert.deepEqual(readdirSync(folder), ['artifacts']);
});
