// SPDX-License-Identifier: Apache-2.0
/**
 * What users get wrong most often, and the message that each mistake gets: no stack trace, the
 * right exit.
 */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf, run, temporaryFolder, writeScriptedSpec } from './labsweep-process.js';

interface Mistake {
  readonly title: string;
  /** Replaces the first text in the spec by the second. */
  readonly edit?: readonly [string | RegExp, string];
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly message: RegExp;
}

const MISTAKES: readonly Mistake[] = [
  {
    title: 'a spec that is not there',
    args: ['run', 'swep.toml'],
    exitCode: 2,
    message: /cannot read the spec swep\.toml: no such file; examples/,
  },
  {
    title: 'a key with a slip of the pen',
    edit: ['repetitions =', 'repetition ='],
    args: ['run', 'sweep.toml'],
    exitCode: 2,
    message: /^sweep\.toml:3:1: repetition: unknown key; did you mean `repetitions`/m,
  },
  {
    title: 'an SMP of 0',
    edit: ['smp = [1, 2]', 'smp = [1, 0]'],
    args: ['plan', 'sweep.toml'],
    exitCode: 2,
    message: /^sweep\.toml:\d+:11: .*smp\[1\].*got 0/,
  },
  {
    title: 'a kernel that is not in the spec',
    edit: ['baseline = "old"', 'baseline = "odl"'],
    args: ['run', 'sweep.toml'],
    exitCode: 2,
    message: /^sweep\.toml:2:12: .*odl.*old/,
  },
  {
    title: 'a C file that is not there',
    edit: ['source = "toggle.c"', 'source = "togle.c"'],
    args: ['run', 'sweep.toml'],
    exitCode: 2,
    message:
      /^sweep\.toml:\d+:11: cannot read .*togle\.c: no such file; paths in a spec are relative/,
  },
  {
    title: 'a C file that does not compile',
    edit: ['source = "toggle.c"', 'source = "broken.c"'],
    args: ['run', 'sweep.toml', '--runners', 'scripted', '--out', 'result'],
    exitCode: 2,
    message: /sweep\.toml:\d+:11: [\s\S]*broken\.c:1:\d+: error/,
  },
  {
    title: 'a kernel image that is none',
    edit: [/old = "host"([\s\S]*)"scripted"/, 'old = "file:toggle.c"$1"qemu-tcg"'],
    args: ['run', 'sweep.toml', '--runners', 'scripted', '--out', 'result'],
    exitCode: 2,
    message: /^sweep\.toml:5:8: kernel old \(file:toggle\.c\): .*is not a kernel image that can/m,
  },
  {
    title: 'an unknown command',
    args: ['rnu', 'sweep.toml'],
    exitCode: 2,
    message: /unknown command 'rnu'[\s\S]*run/,
  },
  {
    title: 'a controller beyond loopback',
    args: ['list', '--controller', 'labbox:7700'],
    exitCode: 2,
    message: /--controller.*beyond loopback.*TLS/,
  },
  {
    title: 'a controller that does not answer',
    args: ['list', '--controller', '127.0.0.1:1'],
    exitCode: 6,
    message: /no controller answers at 127\.0\.0\.1:1/,
  },
  {
    title: 'a command about a sweep of which nothing is here',
    args: ['pause', 'scripted-1a2b3c4d'],
    exitCode: 2,
    message: /there is no sweep in .*out\/scripted-1a2b3c4d; .*--controller HOST:PORT/,
  },
  {
    title: 'a rerun that does not say of what',
    args: ['rerun', 'scripted-1a2b3c4d'],
    exitCode: 2,
    message: /rerun: say what: --failed .* --row ROW/,
  },
  {
    title: 'a number of repetitions that is none',
    args: ['add', 'scripted-1a2b3c4d', '--repetitions', 'five'],
    exitCode: 2,
    message: /--repetitions.*expected a whole number from 1 on, got 'five'/,
  },
  {
    title: 'a kernel to add without a source',
    args: ['add', 'scripted-1a2b3c4d', '--kernel', 'v6.18'],
    exitCode: 2,
    message: /--kernel: expected NAME=SOURCE.*got 'v6\.18'/,
  },
  {
    title: 'hosts of no lab',
    args: ['drain', 'box-a'],
    exitCode: 2,
    message: /no lab runs below out\/ here; name one by --controller/,
  },
  {
    title: 'a slip in the name of a command',
    args: ['quarantin', 'box-a'],
    exitCode: 2,
    message: /unknown command 'quarantin'[\s\S]*Did you mean quarantine\?/,
  },
];

for (const { title, edit, args, exitCode, message } of MISTAKES) {
  test(`${title} gets a message that says what to do`, async (context) => {
    const folder = temporaryFolder(context);
    writeScriptedSpec(folder);
    writeFileSync(join(folder, 'broken.c'), 'int main(void) { return missing; }\n');
    const path = join(folder, 'sweep.toml');
    if (edit !== undefined) writeFileSync(path, readFileSync(path, 'utf8').replace(...edit));
    const ended = await run(folder, ...args);
    assert.equal(ended.exitCode, exitCode, ended.stderr);
    const said = ended.stderr.replace(/^ +\d+ \d{4}-\S+ .*\n/gm, '');
    assert.match(said, message);
    assert.doesNotMatch(ended.stderr, /\n {4}at |node:internal/);
    assert.equal(ended.stdout, '');
    assert.deepEqual(processesOf(folder), []);
  });
}
