// SPDX-License-Identifier: Apache-2.0
/**
 * A sweep that requires a host in order, on this box, which is not: its agent waits for a while,
 * nothing runs, the row says what it waits for, and once that is so the same command measures.
 */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf, resultLines, run, temporaryFolder } from '../e2e/labsweep-process.js';

const SPEC = `
name = "in-order"
repetitions = 1
[kernels]
running = "host"
[workload]
source = "print.c"
[workload.metrics]
ns = { unit = "ns", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
kernels = ["running"]
[hygiene]
mode = "MODE"
`;

const PROGRAM =
  '#include <stdio.h>\nint main(void) { puts("result scenario=a ns=1.5"); return 0; }\n';

/** A measurement wants 1; a kernel starts with 100000. */
const SAMPLE_RATE = '/proc/sys/kernel/perf_event_max_sample_rate';

test('a host that is not as required makes the row wait with the reason, and nothing fails', async (context) => {
  if (Number(readFileSync(SAMPLE_RATE, 'utf8')) <= 1) {
    context.skip('NOT TESTED: this box is set up for benchmarks, so nothing is left to wait for');
    return;
  }
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'print.c'), PROGRAM);
  writeFileSync(join(folder, 'require.toml'), SPEC.replace('MODE', 'require'));
  const ended = await run(folder, 'run', 'require.toml', '--runners', 'native', '--out', 'result');
  assert.equal(ended.exitCode, 4, ended.stderr);
  const reason = 'hygiene = require is not met after 30\\.0 s of waiting: ';
  assert.match(ended.stderr, new RegExp(`row native-smp1 waits: ${hostname()}: ${reason}`));
  assert.match(ended.stderr, /perf_event_max_sample_rate is '\d+', wanted '1'|and \d+ more/);
  assert.match(ended.stderr, /run the same command again once a host can run that to go on/);
  assert.match(ended.stdout, /^INTERRUPTED: 0 of 1 trials/);
  const result = join(folder, 'result');
  assert.match(readFileSync(join(result, 'report.txt'), 'utf8'), /hygiene = require is not met/);
  assert.equal(resultLines(result).length, 1, 'no trial ran, and none failed');
  assert.deepEqual(processesOf(folder), []);
});
