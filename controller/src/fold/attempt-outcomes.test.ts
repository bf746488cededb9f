// SPDX-License-Identifier: Apache-2.0
/** Two bits a trial say the same as a map of outcomes would. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, KernelName, Outcome, RowId, TrialId } from '@labsweep/proto';
import { AttemptOutcomes } from './attempt-outcomes.js';

const STATUSES: readonly Outcome['status'][] = ['measured', 'subject-failed', 'lab-failed'];

test('blocks of one to a hundred trials remember each of them', () => {
  for (const length of [1, 2, 15, 16, 30, 31, 100]) {
    const trials = Array.from({ length }, (_, index) => ({
      id: `row/r1/k${index}` as TrialId,
      kernel: `k${index}` as KernelName,
    }));
    const planned = { id: 'row/r1' as BlockId, row: 'row' as RowId, repetition: 1, trials };
    const outcomes = new AttemptOutcomes(planned);
    const expected = new Map<TrialId, Outcome['status']>();
    // From the end, so that later words come first.
    for (const [index, { id }] of [...trials.entries()].reverse()) {
      assert.equal(outcomes.has(id), false);
      const status = STATUSES[index % 3] ?? 'measured';
      assert.equal(outcomes.add(id, status), true);
      assert.equal(outcomes.add(id, 'measured'), false, 'the first outcome stands');
      expected.set(id, status);
      assert.equal(outcomes.size, expected.size);
    }
    for (const status of STATUSES) {
      const count = [...expected.values()].filter((other) => other === status).length;
      assert.equal(outcomes.count(status), count, `${length} ${status}`);
    }
    assert.equal(outcomes.add('row/r1/other' as TrialId, 'measured'), false);
    assert.equal(outcomes.has('row/r1/other' as TrialId), false);
  }
});
