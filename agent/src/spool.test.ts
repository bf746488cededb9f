// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256Of } from '@labsweep/proto';
import { Spool } from './spool.js';
import { sampleEntry } from './testing/sample-outcome.js';
import { waitUntil } from './testing/wait-until.js';

function spoolFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-spool-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('what was spooled is there for the next agent process, oldest first', async (context) => {
  const folder = spoolFolder(context);
  const first = await Spool.open(folder);
  const late = sampleEntry('b', { startedAtMs: 2_000 });
  const early = sampleEntry('a');
  await first.add(late, []);
  await first.add(early, []);
  const second = await Spool.open(folder);
  assert.deepEqual(second.unsettled(), [early, late]);
  assert.ok(second.has(early.id));
});

test('a settled entry goes with its evidence, and evidence that another entry shares stays', async (context) => {
  const folder = spoolFolder(context);
  const spool = await Spool.open(folder);
  const bytes = Buffer.from('console');
  const evidence = { console: sha256Of(bytes) };
  const entries = [sampleEntry('a', { evidence }), sampleEntry('b', { evidence })];
  for (const entry of entries) await spool.add(entry, [bytes]);
  const [a, b] = entries.map(({ id }) => id);
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
  const [old, young] = [sampleEntry('a', { evidence }), sampleEntry('b', { evidence })];
  await spool.add(old, [bytes]);
  await Promise.all([spool.add(young, [bytes]), spool.settle(old.id)]);
  assert.deepEqual(Buffer.from((await spool.artifact(evidence.console)) ?? ''), bytes);
});

test('a file that was being written when the agent died is removed', async (context) => {
  const folder = spoolFolder(context);
  await Spool.open(folder);
  writeFileSync(join(folder, 'half.json.tmp'), '{"type":"trial-e');
  assert.deepEqual((await Spool.open(folder)).unsettled(), []);
  assert.deepEqual(readdirSync(folder), ['artifacts']);
});

test('what cannot be understood is set aside with a note, and the rest is read', async (context) => {
  const folder = spoolFolder(context);
  const entry = sampleEntry('a');
  await (await Spool.open(folder)).add(entry, []);
  writeFileSync(join(folder, 'empty.json'), '');
  writeFileSync(join(folder, 'half.json'), '{"type":"trial-ended","sweep":"window-1a');
  writeFileSync(join(folder, 'other.json'), '{"type":"cancelled","sweep":"s","atMs":1,"by":"me"}');
  writeFileSync(join(folder, 'artifacts', 'f'.repeat(64)), 'evidence of nothing');
  const notes: string[] = [];
  const spool = await Spool.open(folder, { note: (text) => notes.push(text) });
  assert.deepEqual(spool.unsettled(), [entry]);
  assert.equal(notes.length, 3, notes.join('\n'));
  assert.match(notes.join('\n'), /half\.json is set aside in .*set-aside: /);
  assert.deepEqual(readdirSync(join(folder, 'set-aside')).length, 3);
  assert.deepEqual(readdirSync(join(folder, 'artifacts')), []);
});

test('a spool at its limit has no room until something is settled', async (context) => {
  const limits = { entriesMax: 2, bytesMax: 1_000_000 };
  const spool = await Spool.open(spoolFolder(context), { limits });
  const { signal } = new AbortController();
  await spool.room(signal);
  const entries = [sampleEntry('a'), sampleEntry('b')];
  for (const entry of entries) await spool.add(entry, []);
  const room = spool.room(signal);
  assert.match(spool.trouble, /has reached its limit: 2 outcomes/);
  await spool.settle(sampleEntry('a').id);
  await room;
  assert.equal(spool.trouble, '');
});

test('evidence that an earlier process left counts for the limit', async (context) => {
  const folder = spoolFolder(context);
  const limits = { entriesMax: 100, bytesMax: 100_000 };
  const bytes = Buffer.alloc(120_000, 'c');
  const entry = sampleEntry('a', { evidence: { console: sha256Of(bytes) } });
  const first = await Spool.open(folder, { limits });
  await first.add(entry, [bytes]);
  const { trouble } = first;
  assert.match(trouble, /has reached its limit/);
  const second = await Spool.open(folder, { limits });
  assert.equal(second.trouble, trouble);
  await second.settle(entry.id);
  assert.equal(second.trouble, '');
});

test('a disk that fills up holds an outcome up and loses nothing', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root may mount a small file system');
  const mount = spoolFolder(context);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'labsweep-test', mount]);
  try {
    const notes: string[] = [];
    const note = (text: string) => void notes.push(text);
    const folder = join(mount, 'spool');
    const spool = await Spool.open(folder, { note, retryIntervalMs: 20 });
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(180 * 1024));
    const bytes = Buffer.alloc(120 * 1024, 'c');
    const entry = sampleEntry('a', { evidence: { console: sha256Of(bytes) } });
    let added = false;
    const adding = spool.add(entry, [bytes]).then(() => {
      added = true;
    });
    await waitUntil('the trouble', async () => spool.trouble !== '');
    assert.match(spool.trouble, /cannot be spooled: the disk of .* is full; give it room/);
    // What was written before the disk was full is in nobody's way.
    await waitUntil(
      'a clean folder',
      async () => readdirSync(join(folder, 'artifacts')).length === 0,
    );
    assert.equal(added, false);
    rmSync(join(mount, 'ballast'));
    await adding;
    assert.equal(spool.trouble, '');
    assert.equal(notes.length, 2, notes.join('\n'));
    const again = await Spool.open(folder);
    assert.deepEqual(again.unsettled(), [entry]);
    assert.deepEqual(Buffer.from((await again.artifact(sha256Of(bytes))) ?? ''), bytes);
  } finally {
    execFileSync('umount', [mount]);
  }
});
