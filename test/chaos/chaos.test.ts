// SPDX-License-Identifier: Apache-2.0
/** Two minutes of faults against real processes; see `npm run chaos` for more of them. */
import { strict as assert } from 'node:assert';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runChaos } from './chaos-run.js';
import { summaryLines, verdictOf } from './summary.js';

const DURATION_MS = 2 * 60_000;
/** Far fewer than are planned: it must be seen that faults happened. */
const FAULTS_MIN = 15;

test('two minutes of chaos end in the faultless table', async (context) => {
  const seed = Number(process.env.LABSWEEP_TEST_SEED ?? Date.now() % 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-chaos-'));
  const lines: string[] = [`LABSWEEP_TEST_SEED=${seed}`];
  const note = (line: string) => lines.push(line);
  try {
    const { signal } = context;
    const result = await runChaos({
      seed,
      durationMs: DURATION_MS,
      folder,
      keep: false,
      signal,
      note,
    });
    lines.push(...summaryLines(result, seed));
    for (const line of result.missing) context.diagnostic(`not possible here: ${line}`);
    context.diagnostic(`seed ${seed}, ${result.injected.length} faults`);
    assert.deepEqual(verdictOf(result), []);
    assert.ok(result.injected.length >= FAULTS_MIN, `${result.injected.length} faults`);
  } catch (error) {
    console.log(lines.join('\n'));
    throw error;
  }
});
