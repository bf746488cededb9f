// SPDX-License-Identifier: Apache-2.0
/**
 * Turns a table of mistakes into tests. Each breaks the small spec and expects the whole message.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parseSpec } from '../parse-spec.js';
import { formatProblem } from '../spec-problem.js';
import { breakSpec } from './small-spec.js';

export interface Mistake {
  /** A noun phrase: it becomes the start of the test's title. */
  readonly mistake: string;
  /** The passage of the small spec to put `to` in place of. */
  readonly from: string;
  readonly to: string;
  /** All that is told, line by line. */
  readonly told: readonly string[];
}

export function testMistakes(mistakes: readonly Mistake[]): void {
  for (const { mistake, from, to, told } of mistakes) {
    test(`${mistake} is told with its place and a cure`, () => {
      const result = parseSpec({ text: breakSpec({ from, to }), path: 's.toml' });
      assert(!result.ok, 'the spec was accepted');
      assert.deepEqual(
        result.problems.flatMap((each) => formatProblem(each).split('\n')),
        told,
      );
    });
  }
}
