// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostId } from '@labsweep/proto';
import { JournalSpool, OutcomeJournal } from './outcome-journal.js';
import type { SpoolEntry } from './spool-entry.js';
import { sampleEntry } from './testing/sample-outcome.js';
import { waitUntil } from './testing/wait-until.js';

function pathOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-journal-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'swarm.journal');
}

const [A, B] = ['host-a', 'host-b'] as HostId[] as [HostId, HostId];

test('each agent finds its own unsettled outcomes again, and half a line harms nothing', async (context) => {
  const path = pathOf(context);
  const first = await OutcomeJournal.open(path);
  const [a, b] = [new JournalSpool(first, A), new JournalSpool(first, B)];
  const of = (kernel: string, host: HostId) => sampleEntry(kernel, { host });
  await Promise.all([
    ...['k1', 'k2', 'k3'].map((kernel) => a.add(of(kernel, A), [])),
    b.add(of('k1', B), []),
  ]);
  await a.settle(of('k1', A).id);
  // What is settled is written with the next outcome.
  await b.add(of('k2', B), []);
  await first.close();
  appendFileSync(path, '{"type":"trial-e');
  const notes: string[] = [];
  const second = await OutcomeJournal.open(path, (text) => notes.push(text));
  assert.equal(notes.length, 1);
  assert.deepEqual(new JournalSpool(second, A).unsettled(), [of('k2', A), of('k3', A)]);
  assert.deepEqual(new JournalSpool(second, B).unsettled(), [of('k1', B), of('k2', B)]);
  await second.close();
});

test('outcomes of many agents share a sync', async (context) => {
  const journal = await OutcomeJournal.open(pathOf(context));
  const count = 5_000;
  const entries = Array.from({ length: count }, (_, index) => sampleEntry(`k${index}`));
  const startedMs = performance.now();
  for (let at = 0; at < count; at += 500) {
    await Promise.all(entries.slice(at, at + 500).map((entry) => journal.add(entry)));
  }
  const perSecond = Math.round(count / ((performance.now() - startedMs) / 1_000));
  context.diagnostic(`${perSecond} outcomes per second`);
  await journal.close();
  assert.ok(perSecond > 2_000, `${perSecond} per second`);
});

test('with more unsettled than the file should have, it is not written anew for each outcome', async (context) => {
  const path = pathOf(context);
  const journal = await OutcomeJournal.open(path, () => {}, 4_096);
  let rewrites = 0;
  let last = statSync(path).ino;
  const entries = Array.from({ length: 200 }, (_, index) => sampleEntry(`k${index}`));
  for (const entry of entries) {
    await journal.add(entry);
    // The new file is made while the old one is there, so it has another number.
    const { ino } = statSync(path);
    if (ino !== last) rewrites += 1;
    last = ino;
  }
  await journal.close();
  assert.ok(statSync(path).size > 10 * 4_096);
  assert.ok(rewrites > 0 && rewrites <= 10, `it was written anew ${rewrites} times`);
  const again = await OutcomeJournal.open(path);
  assert.deepEqual([...again.entries.values()], entries);
  await again.close();
});

test('a disk without room for the new file leaves no handle open, and loses nothing', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root may mount a small file system');
  const mount = dirname(pathOf(context));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'labsweep-test', mount]);
  try {
    const path = join(mount, 'swarm.journal');
    const journal = await OutcomeJournal.open(path, () => {}, 64 * 1024);
    const entries = Array.from({ length: 300 }, (_, index) => sampleEntry(`k${index}`));
    let at = 0;
    while (statSync(path).size <= 64 * 1024) await journal.add(entries[at++] as SpoolEntry);
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(140 * 1024));
    const adding = journal.add(entries[at++] as SpoolEntry);
    await waitUntil('the trouble', async () => journal.trouble !== '');
    // Two more tries, a second apart.
    await sleep(2_500);
    assert.deepEqual(openBelow(mount), [path], 'nothing but the journal itself');
    rmSync(join(mount, 'ballast'));
    await adding;
    assert.equal(journal.trouble, '');
    await journal.close();
    const again = await OutcomeJournal.open(path);
    assert.deepEqual([...again.entries.values()], entries.slice(0, at));
    await again.close();
  } finally {
    execFileSync('umount', [mount]);
  }
});

/** The files in the folder that this process has open, those that were removed among them. */
function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${name}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}
