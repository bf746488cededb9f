// SPDX-License-Identifier: Apache-2.0
/** A spec finds its files after unpacking, wherever it and they were. */
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { repeatTree } from './repeat-tree.js';

test('relative paths lead from the spec to the file, up and down', () => {
  const cases = [
    ['sweep.toml', ['a.c'], 'repeat/sweep.toml'],
    ['examples/sweep.toml', ['../native/src/a.c'], 'repeat/examples/sweep.toml'],
    ['/home/somebody/lab/specs/x.toml', ['../../k/b.img', 'a.c'], 'repeat/lab/specs/x.toml'],
    ['x.toml', ['../../a.c'], 'repeat/up1/up2/x.toml'],
    ['../x.toml', ['sub/../../a.c'], 'repeat/up1/x.toml'],
  ] as const;
  for (const [specPath, paths, spec] of cases) {
    const tree = repeatTree(specPath, paths);
    assert.equal(tree.spec, spec);
    for (const path of paths) {
      assert.equal(tree.places.get(path), posix.join(posix.dirname(tree.spec), path));
      assert.ok(tree.places.get(path)?.startsWith('repeat/'), path);
    }
  }
});

test('absolute paths stay below the folder, whatever they say', () => {
  const { places } = repeatTree('x.toml', ['/boot/vmlinuz', '/../../etc/passwd']);
  assert.equal(places.get('/boot/vmlinuz'), 'repeat/absolute/boot/vmlinuz');
  assert.equal(places.get('/../../etc/passwd'), 'repeat/absolute/etc/passwd');
});
