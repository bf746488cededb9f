// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readKaslr } from './kaslr.js';

async function rootWith(context: TestContext, symbols: string): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'labsweep-kaslr-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  await mkdir(join(root, 'proc'));
  writeFileSync(join(root, 'proc/kallsyms'), symbols);
  return root;
}

const PER_CPU = '0000000000000000 A fixed_percpu_data\n';

test('a kernel at the address that it is linked to has no KASLR, another one has', async (context) => {
  const linked = `${PER_CPU}ffffffff81000000 T _stext\nffffffff81000000 T _text\n`;
  assert.equal(await readKaslr(await rootWith(context, linked)), 'off');
  const moved = linked.replaceAll('ffffffff81', 'ffffffff9a');
  assert.equal(await readKaslr(await rootWith(context, moved)), 'on');
});

test('addresses that are hidden, or not to be read, tell nothing', async (context) => {
  const hidden = `${PER_CPU}0000000000000000 T _text\n`;
  assert.equal(await readKaslr(await rootWith(context, hidden)), undefined);
  assert.equal(await readKaslr('/nonexistent/labsweep'), undefined);
});

test('the running kernel tells one or the other, or hides it', async () => {
  assert.match((await readKaslr('/')) ?? 'hidden', /^(on|off|hidden)$/);
});
