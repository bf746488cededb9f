// SPDX-License-Identifier: Apache-2.0
/** The bundle of a sweep of real guests: it holds their consoles, facts and kernels. */
import { strict as assert } from 'node:assert';
import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf, ROOT, run, temporaryFolder } from '../e2e/labsweep-process.js';
import { unpackBundle } from '../e2e/unpack-bundle.js';

const REAL_SPEC = `
name = "real-bundle"
baseline = "v6.16"
repetitions = 1
[kernels]
"v6.16" = "debian:trixie-backports/linux-image-6.16.12+deb13-cloud-amd64"
"v6.17" = "debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64"
[workload]
source = "mprotect.c"
arguments = ["shared_dirty_full_toggle_64m", "1", "--iterations", "20", "--warmup", "2"]
[workload.metrics.iteration_ns_per_page]
unit = "ns/page"
direction = "lower"
[[environments]]
environment = "qemu"
smp = [1]
command_line = "tsc=unstable clocksource=refined-jiffies"
`;

const isUnreachable = (text: string) => /cannot be reached|cannot resolve|unreachable/i.test(text);

test('consoles, facts and kernels of real guests are in the bundle', async (context) => {
  const folder = temporaryFolder(context);
  const source = join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c');
  copyFileSync(source, join(folder, 'mprotect.c'));
  writeFileSync(join(folder, 'real.toml'), REAL_SPEC);
  const ended = await run(folder, 'run', 'real.toml', '--out', 'result');
  if (ended.exitCode !== 0 && isUnreachable(ended.stderr)) {
    context.skip(`the Debian archive is out of reach: ${ended.stderr}`);
    return;
  }
  assert.equal(ended.exitCode, 0, ended.stderr);
  const bundled = await run(folder, 'bundle', 'result', '-o', 'b.tar.gz', '--with-kernels');
  assert.equal(bundled.exitCode, 0, bundled.stderr);
  const root = unpackBundle(join(folder, 'b.tar.gz'), join(folder, 'x'));
  const kept = readFileSync(join(folder, 'mprotect.c'));
  assert.deepEqual(readFileSync(join(root, 'repeat/mprotect.c')), kept);
  const names = readdirSync(join(root, 'serial'));
  assert.ok(names.length >= 2, names.join());
  for (const name of names) {
    assert.deepEqual(
      readFileSync(join(root, 'serial', name)),
      readFileSync(join(folder, 'result/serial', name)),
    );
  }
  const members = ['config', 'vmlinuz'];
  const held = ['v6.16', 'v6.17'].flatMap((name) => members.map((each) => `${name}.${each}`));
  assert.deepEqual(readdirSync(join(root, 'kernels')), held);
  const { kernels } = JSON.parse(readFileSync(join(root, 'artifacts.json'), 'utf8'));
  const sums = readFileSync(join(root, 'SHA256SUMS'), 'utf8');
  for (const { name, image, config } of kernels) {
    assert.ok(sums.includes(`${image.sha256}  kernels/${name}.vmlinuz\n`), name);
    assert.ok(sums.includes(`${config.sha256}  kernels/${name}.config\n`), name);
  }
  // The sweep itself is gone; the bundle has all that a report needs.
  renameSync(join(folder, 'result'), join(folder, 'gone'));
  const { stdout } = await run(folder, 'report', 'b.tar.gz');
  assert.equal(stdout, readFileSync(join(folder, 'gone/report.txt'), 'utf8'));
  const words = stdout.replaceAll(/\s+/g, ' ');
  assert.match(words, /config of v6\.17 differs from v6\.16's in options: \d+ changed/);
  assert.match(words, /same compiler \(gcc \d+\.\d+\.\d+\)/);
  assert.deepEqual(processesOf(folder), []);
});
