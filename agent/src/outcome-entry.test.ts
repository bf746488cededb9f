// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatLogEntry, outcomeHead } from '@labsweep/proto';
import { outcomeEntry } from './outcome-entry.js';
import { sampleLease } from './testing/sample-lease.js';

test('the fold reads what an agent writes by its head', () => {
  const lease = sampleLease(['a']);
  const [trial] = lease.trials;
  assert.ok(trial);
  const ended = {
    ...{ lease, trial, session: 'session-1', startedAtMs: 1_800_000_000_000, durationMs: 2_000.5 },
    host: {
      ...{ id: 'host-a' as never, name: 'box-a', capacity: { cpus: 1, memoryMib: 1 } },
      ...{ supports: [], permissions: [], labels: [], facts: {} },
    },
  };
  const samples = [{ scenario: 's', line: 'result' as const, values: { ns: 1.5 }, texts: {} }];
  const outcome = {
    ...{ status: 'measured' as const, samples, facts: { a: 'b' }, consoleTail: '[0.1] Linux\n' },
    hygiene: { mode: 'observe' as const, before: {}, after: {}, warnings: [], disturbances: [] },
  };
  const environment = 'qemu-tcg' as const;
  const output = new Uint8Array([65]);
  for (const evidence of [{}, { output }, { output, console: output, dump: output }]) {
    const made = outcomeEntry(ended, { outcome, environment, ...evidence });
    const head = outcomeHead(formatLogEntry(made.outcome));
    assert.equal(head?.trial, trial.trial, formatLogEntry(made.outcome));
    assert.equal(head?.host, 'host-a');
  }
});
