// SPDX-License-Identifier: Apache-2.0
/** What the build removes of an earlier one, in a tree of its own and in this one. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface StaleOutputs {
  removeStaleOutputs(folders: { source: string; output: string }): string[];
}

const { removeStaleOutputs } = (await import(
  new URL('../../../scripts/stale-outputs.mjs', import.meta.url).href
)) as StaleOutputs;

/** Makes empty files, removes what is stale, and gives what is left of `dist`. */
function leftOf(files: readonly string[]): string[] {
  const top = mkdtempSync(join(tmpdir(), 'labsweep-stale-'));
  try {
    for (const name of files) {
      mkdirSync(dirname(join(top, name)), { recursive: true });
      writeFileSync(join(top, name), '');
    }
    removeStaleOutputs({ source: join(top, 'src'), output: join(top, 'dist') });
    const left = existsSync(join(top, 'dist')) ? readdirSync(join(top, 'dist'), RECURSIVE) : [];
    return left.map(String).sort();
  } finally {
    rmSync(top, { recursive: true });
  }
}
const RECURSIVE = { recursive: true } as const;

test('outputs of a source that is gone are removed, all three, with their empty folder', () => {
  const outputs = (stem: string) => ['.js', '.js.map', '.d.ts'].map((end) => `dist/${stem}${end}`);
  const files = [...outputs('a'), ...outputs('gone.test'), ...outputs('old/deep/gone')];
  assert.deepEqual(leftOf(['src/a.ts', ...files]), ['a.d.ts', 'a.js', 'a.js.map']);
});

test('what no build of TypeScript makes is left alone', () => {
  assert.deepEqual(leftOf(['dist/.tsbuildinfo', 'dist/data/notes.txt', 'dist/data/gone.js']), [
    '.tsbuildinfo',
    'data',
    'data/notes.txt',
  ]);
});

test('a package that was never built has nothing to remove', () => {
  assert.deepEqual(leftOf(['src/a.ts']), []);
});

test('the build of this tree removes them', () => {
  const leaving = join(ROOT, 'analysis', 'dist', 'gone', 'of-a-test.js');
  mkdirSync(dirname(leaving), { recursive: true });
  writeFileSync(leaving, '');
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
  assert.equal(status, 0, String(stderr));
  assert.equal(existsSync(dirname(leaving)), false);
});
