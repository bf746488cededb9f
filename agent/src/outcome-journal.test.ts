// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type HostId, messageIdOf } from '@labsweep/proto';
import { JournalSpool, OutcomeJournal } from './outcome-journal.js';
import { sampleOutcome } from './testing/sample-outcome.js';

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
  const of = (kernel: string, host: HostId) => sampleOutcome(kernel, { host });
  await Promise.all([
    ...['k1', 'k2', 'k3'].map((kernel) => a.add(of(kernel, A), [])),
    b.add(of('k1', B), []),
  ]);
  await a.settle(messageIdOf(of('k1', A)));
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
  const entries = Array.from({ length: count }, (_, index) => sampleOutcome(`k${index}`));
  const startedMs = performance.now();
  for (let at = 0; at < count; at += 500) {
    await Promise.all(entries.slice(at, at + 500).map((entry) => journal.add(entry)));
  }
  const perSecond = Math.round(count / ((performance.now() - startedMs) / 1_000));
  context.diagnostic(`${perSecond} outcomes per second`);
  await journal.close();
  assert.ok(perSecond > 2_000, `${perSecond} per second`);
});
