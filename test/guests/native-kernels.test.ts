// SPDX-License-Identifier: Apache-2.0
/**
 * One native row over two kernels on this box, which runs only one of them: the booted one is
 * measured, the other one waits, and the run ends and says so. The same of a guest on the box's own
 * kernel, of which there is no image. Nothing is rebooted here.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf, resultLines, run, temporaryFolder } from '../e2e/labsweep-process.js';

const OTHER = '6.17.13+deb13-cloud-amd64';

const SPEC = `
name = "native-window"
repetitions = 2
[kernels]
running = "host"
"v6.17" = "debian:trixie-backports/linux-image-${OTHER}"
[workload]
source = "print.c"
[workload.metrics]
ns = { unit = "ns", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
kernels = ["running", "v6.17"]
`;

const PROGRAM =
  '#include <stdio.h>\nint main(void) { puts("result scenario=a ns=1.5"); return 0; }\n';

const isUnreachable = (text: string) => /cannot be reached|cannot resolve|unreachable/i.test(text);

test('a kernel that is not booted waits, and the run ends with what it could measure', async (context) => {
  if (release() === OTHER) {
    context.skip(`NOT TESTED: this box runs ${OTHER}, the kernel that has to wait`);
    return;
  }
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'print.c'), PROGRAM);
  writeFileSync(join(folder, 'native.toml'), SPEC);
  const command = ['run', 'native.toml', '--runners', 'native', '--out', 'result'];
  const first = await run(folder, ...command);
  if (first.exitCode !== 4 && isUnreachable(first.stderr)) {
    context.skip(`the Debian archive is out of reach, the kernel not cached: ${first.stderr}`);
    return;
  }
  assert.equal(first.exitCode, 4, first.stderr);
  const waits = `native-smp1 waits for ${hostname()} to boot ${OTHER} (it runs ${release()})\n`;
  assert.ok(first.stderr.includes(waits), first.stderr);
  assert.match(first.stderr, /run the same command again after booting that kernel/);
  assert.match(first.stdout, /^INTERRUPTED: 2 of 4 trials/);
  const result = join(folder, 'result');
  const kernels = resultLines(result)
    .slice(1)
    .map((line) => line.split(',')[4]);
  assert.deepEqual(kernels, ['running', 'running']);
  assert.match(readFileSync(join(result, 'report.txt'), 'utf8'), /to boot 6\.17\.13/);

  const again = await run(folder, ...command);
  assert.equal(again.exitCode, 4, again.stderr);
  assert.match(again.stderr, /going on with native-window-/);
  assert.equal(resultLines(result).length, 3, 'what was measured is not measured again');
  assert.deepEqual(processesOf(folder), []);
});

const ownKernelSpec = (...environments: readonly string[]) => `
name = "own-kernel"
repetitions = 2
[kernels]
running = "host"
[workload]
source = "print.c"
[workload.metrics]
ns = { unit = "ns", direction = "lower" }
${environments.map((each) => `[[environments]]\nenvironment = ${each}\nsmp = [1]\n`).join('')}`;

const IMAGES = ['/boot/vmlinuz-', '/usr/lib/modules/', '/lib/modules/'].map((path) =>
  path.endsWith('-') ? `${path}${release()}` : `${path}${release()}/vmlinuz`,
);

test('without an image of the own kernel its guests wait, and the native row is measured', async (context) => {
  if (IMAGES.some((path) => existsSync(path))) {
    context.skip(`NOT TESTED: this box has an image of ${release()}, which its guests would boot`);
    return;
  }
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'print.c'), PROGRAM);
  const qemu = '"qemu"\nkernels = ["running"]';
  const spec = join(folder, 'own.toml');
  writeFileSync(spec, ownKernelSpec('"native"', qemu));
  const command = ['run', 'own.toml', '--runners', 'native', '--out', 'result'];
  const ended = await run(folder, ...command);
  assert.equal(ended.exitCode, 4, ended.stderr);
  const waits = `qemu-smp1 waits for an image of running (host (${release()}))`;
  assert.ok(ended.stderr.includes(`row ${waits}`), ended.stderr);
  assert.match(ended.stderr, /with --fresh, which measures anew/);
  assert.match(ended.stdout, /^INTERRUPTED: 2 of 4 trials/);
  assert.match(ended.stdout.replaceAll(/\s+/g, ' '), /waiting qemu-smp1: waits for an image of/);

  writeFileSync(spec, ownKernelSpec(qemu));
  const refused = await run(folder, ...command.with(-1, 'guests'));
  assert.equal(refused.exitCode, 2, refused.stderr);
  assert.match(refused.stderr, /^own\.toml:12:13: kernel running .* this box has no image of it/m);
  assert.deepEqual(processesOf(folder), []);
});
