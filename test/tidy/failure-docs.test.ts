// SPDX-License-Identifier: Apache-2.0
/** Holds the table of docs/FAILURES.md against the one that decides. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAILURE_CLASSES, FAILURE_TABLE, type FailureClass } from '@labsweep/proto';

const PAGE = readFileSync(new URL('../../../docs/FAILURES.md', import.meta.url), 'utf8');

/** The first three cells of each line about a class: class, whose, blames. */
const LINES = [...PAGE.matchAll(/^\| `([a-z-]+)` \| (\S+) \| (\S+) \| \S/gm)].map((match) =>
  match.slice(1),
);

test('each line of the page says whose its class is and whom it blames, and none is left out', () => {
  const expected = FAILURE_CLASSES.map((name: FailureClass) => {
    const { status, blames } = FAILURE_TABLE[name];
    return [name, status === 'subject-failed' ? 'finding' : 'ours', blames];
  });
  // A class may have several lines, each with another message.
  const lines = [...new Map(LINES.map((line) => [line.join(), line])).values()];
  assert.deepEqual(lines.toSorted(), expected.toSorted());
});

test('the page names each party that can be blamed', () => {
  for (const party of new Set(Object.values(FAILURE_TABLE).map(({ blames }) => blames))) {
    assert.match(PAGE, new RegExp(`^\\*Blames\\* (.|\\n)*?(\`${party}\`)`, 'm'));
  }
});
