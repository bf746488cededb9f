// SPDX-License-Identifier: Apache-2.0
/**
 * The search over real kernels: all cloud kernels of a Debian suite from 6.16 to 6.17, in guests,
 * with the founding reproducer. The step between 6.16 and 6.17 is a factor of about two.
 */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf, run, temporaryFolder } from '../e2e/labsweep-process.js';
import { foundingWorkload } from './founding-workload.js';

const SPEC = `
name = "window"
repetitions = 3
[kernels]
running = "host"
any = "debian:trixie-backports/linux-image-cloud-amd64"
${foundingWorkload({ warmup: 5, iterations: 20 })}
[[environments]]
environment = "qemu"
smp = [1]
kernels = ["any"]
command_line = "tsc=unstable"
`;

const NARROW = ['narrow', 'window.toml', '--suite', 'trixie-backports'];
const ENDS = ['--good', '6.16.3', '--bad', '6.17.13', '--sandwich-blocks', '6'];

test('the step of 6.17 is found among the kernels of a suite', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'window.toml'), SPEC);
  const ended = await run(folder, ...NARROW, ...ENDS, '--out', 'result');
  if (ended.exitCode === 1 && /cannot be reached|cannot resolve|unreachable/i.test(ended.stderr)) {
    context.skip(`SKIPPED: kernels are not cached, and out of reach: ${ended.stderr}`);
    return;
  }
  assert.equal(ended.exitCode, 0, ended.stderr + ended.stdout);
  const told = JSON.parse(readFileSync(join(folder, 'result/narrow.json'), 'utf8'));
  assert.deepEqual(told.kernels, ['6.16.3', '6.16.12', '6.17.8', '6.17.13']);
  const pair = { good: '6.16.12', bad: '6.17.8', between: [] };
  assert.deepEqual(told.end, { kind: 'found', pair, confirmed: true });
  const { effect, blocks } = told.sandwich;
  assert.ok(effect.ratio > 1.4 && effect.ratio < 3, `6.17.8 / 6.16.12 = ${effect.ratio}`);
  assert.equal(blocks, 6);
  assert.deepEqual(processesOf(folder), []);
});
