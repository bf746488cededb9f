// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainCompilerFailure } from './explain-compiler-failure.js';

function explain(complaint: string): string {
  return explainCompilerFailure({ complaint, compiledName: 'fixed.c', fileName: 'src/$&mine.c' });
}

test('the file of the user stands in the message', () => {
  const said = explain("fixed.c: In function 'main':\nfixed.c:3:5: error: expected ';'\n");
  assert.equal(
    said,
    'src/$&mine.c does not compile:\n' +
      "src/$&mine.c: In function 'main':\nsrc/$&mine.c:3:5: error: expected ';'",
  );
});

test('a missing static library is told with its package', () => {
  const said = explain('/usr/bin/ld: cannot find -lc: No such file or directory\ncollect2: error');
  assert.match(said, /apt-get install libc6-dev$/);
  const header = 'fixed.c:1:10: fatal error: stdio.h: No such file or directory';
  assert.match(explain(header), /apt-get install libc6-dev$/);
  assert.doesNotMatch(explain('/usr/bin/ld: cannot find -lcurl'), /libc6-dev/);
});

test('a header of one’s own gets the advice to put it into the file', () => {
  const said = explain('fixed.c:1:10: fatal error: mine.h: No such file or directory');
  assert.match(said, /Only this one file is compiled/);
});

test('endless complaints are cut', () => {
  const said = explain(Array.from({ length: 100 }, (_, line) => `fixed.c:${line}`).join('\n'));
  assert.equal(said.split('\n').length, 32);
  assert.match(said, /\(70 more lines\)$/);
});
