// SPDX-License-Identifier: Apache-2.0
/**
 * The whole way with nothing pretended: two real Debian kernels in QEMU and the running kernel
 * natively, the founding reproducer, real processes. The regression between the two kernels is a
 * factor of about two; the bounds are wide, because this shows that the way is right, and not how
 * exact a number is.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type Ended,
  processesOf,
  resultLines,
  start,
  temporaryFolder,
} from '../e2e/labsweep-process.js';
import { foundingWorkload } from './founding-workload.js';

const SPEC = `
name = "real"
baseline = "v6.16"
repetitions = 3
[kernels]
"v6.16" = "debian:trixie-backports/linux-image-6.16.12+deb13-cloud-amd64"
"v6.17" = "debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64"
running = "host"
${foundingWorkload({ warmup: 2 })}
[[environments]]
environment = "qemu"
smp = [2]
kernels = ["v6.16", "v6.17"]
command_line = "tsc=unstable clocksource=refined-jiffies"
[[environments]]
environment = "native"
smp = [1]
`;

/**
 * Far more than it takes alone. While others use the CPUs each trial of it is thrown out and run
 * again, after pauses that grow; then the test must end with the words that say so.
 */
const RUN_LIMIT_MS = 280_000;

async function runWithinLimit(folder: string, ...args: readonly string[]): Promise<Ended> {
  const running = start(folder, ...args);
  const limit = setTimeout(() => running.child.kill('SIGINT'), RUN_LIMIT_MS);
  try {
    const ended = await running.ended;
    assert.notEqual(
      ended.exitCode,
      130,
      `not over within ${RUN_LIMIT_MS / 1000} s:\n${ended.stderr}`,
    );
    return ended;
  } finally {
    clearTimeout(limit);
  }
}

const isUnreachable = (text: string) => /cannot be reached|cannot resolve|unreachable/i.test(text);

/** Of timing trials. A busy machine has some rerun: attempts that do not count are there too. */
function acceptedLines(folder: string): string[][] {
  const [header = [], ...lines] = resultLines(join(folder, 'result')).map((line) =>
    line.split(','),
  );
  const isOf = (line: readonly string[], column: string, value: string) =>
    line[header.indexOf(column)] === value;
  return lines.filter((line) => isOf(line, 'accepted', 'yes') && isOf(line, 'purpose', 'timing'));
}

test('the regression of 6.17 shows in real guests, beside a native row', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'real.toml'), SPEC);
  const ended = await runWithinLimit(folder, 'run', 'real.toml', '--out', 'result');
  if (ended.exitCode !== 0 && isUnreachable(ended.stderr)) {
    context.skip(
      `the Debian archive is out of reach and the kernels are not cached: ${ended.stderr}`,
    );
    return;
  }
  assert.equal(ended.exitCode, 0, ended.stderr + ended.stdout);
  const counted = acceptedLines(folder);
  /** In the order of the repetitions. */
  const values = (kernel: string) =>
    counted
      .filter((line) => line[4] === kernel)
      .toSorted((a, b) => Number(a[5]) - Number(b[5]))
      .map((line) => Number(line[9]));
  const [before, after] = [values('v6.16'), values('v6.17')];
  assert.equal(before.length, 3);
  assert.equal(values('running').length, 3);
  // The machine may be half as fast again from one minute to the next: inside a block it is seldom.
  const factors = before.map((value, index) => (after[index] ?? Number.NaN) / value);
  const [, factor = Number.NaN] = factors.toSorted((a, b) => a - b);
  assert.ok(factor > 1.4 && factor < 3, `v6.17 / v6.16 = ${factors.join(', ')}`);
  assert.match(ended.stdout, /v6\.17: 6\.17\.13\+deb13-cloud-amd64/);
  assert.match(ended.stdout, /refined-jiffies/);
  const serial = join(folder, 'result/serial');
  assert.ok(readdirSync(serial).length >= 4);
  for (const name of readdirSync(serial)) {
    assert.match(readFileSync(join(serial, name), 'utf8'), /labsweep-init: done/);
  }
  assert.ok(existsSync(join(folder, 'result/hosts.json')));
  assert.deepEqual(processesOf(folder), []);
});

/** The same source on both kernels; on the newer one it leaves half of its pages untouched. */
const FICKLE = `
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
int main(void) {
  struct utsname kernel;
  uname(&kernel);
  size_t length = 1024 << 12, touched = strncmp(kernel.release, "6.17.", 5) ? length : length / 2;
  char *pages = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return 1;
  memset(pages, 1, touched);
  puts("result scenario=touch ns=1.5");
  return 0;
}
`;

const AUDIT_SPEC = `
name = "fickle"
baseline = "v6.16"
repetitions = 2
[kernels]
"v6.16" = "debian:trixie-backports/linux-image-6.16.12+deb13-cloud-amd64"
"v6.17" = "debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64"
[workload]
source = "fickle.c"
[workload.metrics.ns]
unit = "ns"
direction = "lower"
[audit]
repetitions = 1
[[environments]]
environment = "qemu-tcg"
smp = [1]
`;

test('an audit of real kernels that finds unlike state forbids the comparison; a kernel is added', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'fickle.c'), FICKLE);
  writeFileSync(join(folder, 'fickle.toml'), AUDIT_SPEC);
  const ended = await runWithinLimit(folder, 'run', 'fickle.toml', '--out', 'result');
  if (ended.exitCode !== 0 && isUnreachable(ended.stderr)) {
    context.skip(`the kernels are not cached, and out of reach: ${ended.stderr}`);
    return;
  }
  assert.equal(ended.exitCode, 0, ended.stderr + ended.stdout);
  assert.match(ended.stdout, /not comparable/);
  assert.match(ended.stdout, /pages present of mapping 1 +1024 +512/);
  assert.doesNotMatch(ended.stdout, /% (slower|faster)/);

  const kernel = 'v6.12=debian:bookworm-security/linux-image-6.12-cloud-amd64';
  const grown = await runWithinLimit(folder, 'add', 'result', '--kernel', kernel);
  if (grown.exitCode !== 0 && isUnreachable(grown.stderr)) {
    context.skip(`the added kernel is not cached, and out of reach: ${grown.stderr}`);
    return;
  }
  assert.equal(grown.exitCode, 0, grown.stderr + grown.stdout);
  assert.match(grown.stdout, /v6\.12: 6\.12\.\S+-cloud-amd64/);
  const added = acceptedLines(folder).filter((line) => line[4] === 'v6.12');
  assert.equal(added.length, 2, 'two guests booted it and were measured');
  const audits = readdirSync(join(folder, 'result/audit')).filter((name) => /v6\.12/.test(name));
  assert.equal(audits.length, 1, 'and one was audited');
  assert.match(grown.stdout.replaceAll(/\s+/g, ' '), /UTC, \S+: add --kernel v6\.12=/);
});
