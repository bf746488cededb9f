// SPDX-License-Identifier: Apache-2.0
/** A sweep that runs its baseline twice, and whose rows stop when they are precise enough. */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resultLines, run, temporaryFolder } from './labsweep-process.js';

/** The second row is twenty times as noisy as a precision of 2 % allows in so few blocks. */
const SPEC = `name = "precise"
baseline = "old"
aa = true
margin = "5%"
repetitions = 12
precision = "2%"
[kernels]
old = "host"
new = "host"
[workload]
source = "toggle.c"
arguments = ["--value", "ns=100+-NOISE", "--factor", "new=1.5", "--duration-ms", "5"]
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [1]
`;

test('a quiet sweep stops early, a noisy one runs to its end; both state their floor and fail on slower', async (context) => {
  const reports: string[] = [];
  for (const [name, noise, blocks] of [
    ['quiet', '0.5', 7],
    ['noisy', '20', 12],
  ] as const) {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'toggle.c'), 'int main(void) { return 0; }\n');
    writeFileSync(join(folder, 'sweep.toml'), SPEC.replace('NOISE', noise));
    const options = ['--runners', 'scripted', '--out', 'result', '--fail-on', 'regression'];
    const ended = await run(folder, 'run', 'sweep.toml', ...options);
    assert.equal(ended.exitCode, 3, ended.stderr);
    assert.match(ended.stdout, new RegExp(`${3 * blocks} of ${3 * blocks} trials`), name);
    const [, ...lines] = resultLines(join(folder, 'result'));
    assert.equal(lines.filter((line) => line.includes(',old.again,')).length, blocks, name);
    reports.push(ended.stdout);
  }
  const [quiet = '', noisy = ''] = reports;
  assert.match(quiet, /labsweep: stop scripted-smp1 after 7 blocks/);
  assert.match(quiet, /new: slower: the 95% interval excludes 0,/);
  // Lines break anywhere, and a large floor is told for both directions.
  const floorIn = (text: string) =>
    /tonight: ([^,]+), no smaller one is called a change \(old against itself/.exec(
      text.replaceAll(/\s+/g, ' '),
    )?.[1] ?? text;
  assert.match(floorIn(quiet), /^\d\.\d+%$/);
  assert.doesNotMatch(noisy, /labsweep: stop/);
  assert.match(floorIn(noisy), /^\+?\d{2,}\.\d+%/);
});
