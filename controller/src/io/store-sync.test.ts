// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreSync } from './store-sync.js';

const CREATED = '2026-11-27T00:14:09.719943200Z';

function newStore(context: { after(work: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-store-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const stream = join(folder, 'jetstream/$G/streams/LABSWEEP_LOG');
  mkdirSync(join(stream, 'msgs'), { recursive: true });
  writeFileSync(
    join(stream, 'meta.inf'),
    JSON.stringify({ Created: CREATED, name: 'LABSWEEP_LOG' }),
  );
  return { folder, stream };
}

test('the folder of the log that the server serves is taken, any other is refused', async (context) => {
  const { folder } = newStore(context);
  const store = new StoreSync(folder);
  await store.check(CREATED);
  await assert.rejects(
    store.check('2026-11-27T00:14:10Z'),
    /is of a log made at .*leave --store out/,
  );
  await assert.rejects(new StoreSync(join(folder, 'elsewhere')).check(CREATED), /no such file/);
});

test('blocks may come and go between rounds, and streams may be missing', async (context) => {
  const { folder, stream } = newStore(context);
  const store = new StoreSync(folder);
  await store.sync();
  const block = (number: number) => join(stream, 'msgs', `${number}.blk`);
  writeFileSync(block(1), 'one');
  writeFileSync(join(stream, 'msgs', '1.idx'), '');
  await store.sync();
  rmSync(block(1));
  writeFileSync(block(2), 'two');
  await store.sync();
});

test('after an I/O error nothing counts as synced, in a later reign neither', async (context) => {
  const { folder } = newStore(context);
  const failure = { error: Object.assign(new Error('input/output error'), { code: 'EIO' }) };
  await assert.rejects(new StoreSync(folder, failure).sync(), /input\/output error/);
});

test('a log that is no longer in its folder is not synced, and comes back with it', async (context) => {
  const { folder, stream } = newStore(context);
  const store = new StoreSync(folder);
  await store.sync();
  renameSync(stream, `${stream}.moved`);
  await assert.rejects(store.sync(), /LABSWEEP_LOG\/msgs is gone, so nothing can be synced/);
  renameSync(`${stream}.moved`, stream);
  await store.sync();
});
