// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type SweepId, UsageError } from '@labsweep/proto';
import { chooseFolder, markFolder } from './sweep-folder.js';

const base = 'window-1a2b3c4d' as SweepId;

function insideFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-folder-'));
  const before = process.cwd();
  process.chdir(folder);
  context.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('an unfinished sweep is found again, a finished one gets a successor', async (context) => {
  insideFolder(context);
  const choose = (fresh = false) => chooseFolder({ base, out: undefined, fresh });
  const first = await choose();
  assert.deepEqual([first.path, first.resumed], [`out/${base}`, false]);
  await markFolder(first, 'running');
  const again = await choose();
  assert.deepEqual([again.sweep, again.resumed], [base, true]);
  assert.equal((await choose(true)).sweep, `${base}-2`, 'fresh leaves the unfinished one alone');
  await markFolder(first, 'ended');
  const next = await choose();
  assert.deepEqual([next.path, next.sweep, next.resumed], [`out/${base}-2`, `${base}-2`, false]);
});

test('a named folder belongs to one spec', async (context) => {
  insideFolder(context);
  const out = 'mine';
  await markFolder(await chooseFolder({ base, out, fresh: false }), 'running');
  assert.equal((await chooseFolder({ base, out, fresh: false })).resumed, true);
  const other = 'other-99999999' as SweepId;
  await assert.rejects(
    chooseFolder({ base: other, out, fresh: false }),
    (error) =>
      error instanceof UsageError && /mine holds the sweep window-1a2b3c4d/.test(error.message),
  );
  await assert.rejects(chooseFolder({ base, out, fresh: true }), /choose another folder/);
});

test('a damaged mark is an error that names the file, not a new sweep over an old one', async (context) => {
  insideFolder(context);
  const folder = await chooseFolder({ base, out: 'mine', fresh: false });
  await markFolder(folder, 'running');
  writeFileSync('mine/sweep.json', '{"sweep":');
  await assert.rejects(
    chooseFolder({ base, out: 'mine', fresh: false }),
    /mine\/sweep\.json cannot be read/,
  );
});
