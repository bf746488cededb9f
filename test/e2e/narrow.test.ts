// SPDX-License-Identifier: Apache-2.0
/**
 * The search for a release, from the command line to its table, with scripted trials: real
 * processes, gRPC and nats-server. Which kernel has the effect is known beforehand.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLab } from './lab.js';
import { processesOf, run, start, temporaryFolder, waitFor } from './labsweep-process.js';
import { unpackBundle } from './unpack-bundle.js';

const KERNELS = ['6.12.1', '6.13.1', '6.14.1', '6.15.1', '6.16.1', '6.17.1', '6.18.1', '6.19.1'];
/** From here on it is twice as slow. */
const FIRST_BAD = 5;

interface Script {
  readonly factors?: Readonly<Record<string, number>>;
  readonly words?: readonly string[];
}

const stepAt = (first: number) =>
  Object.fromEntries(KERNELS.map((name, at) => [name, at < first ? 1 : 2]));

function writeSpec(folder: string, { factors = stepAt(FIRST_BAD), words = [] }: Script = {}): void {
  const script = [
    ...['--value', 'ns=100+-1', '--duration-ms', '20'],
    ...Object.entries(factors).flatMap(([name, factor]) => ['--factor', `${name}=${factor}`]),
    ...words,
  ];
  // Listed backwards: the order is that of the releases.
  const kernels = KERNELS.toReversed().map((name) => `"${name}" = "host"`);
  writeFileSync(join(folder, 'toggle.c'), 'int main(void) { return 0; }\n');
  writeFileSync(
    join(folder, 'sweep.toml'),
    `name = "scripted"
repetitions = 3
[kernels]
${kernels.join('\n')}
[workload]
source = "toggle.c"
arguments = ${JSON.stringify(script)}
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [1, 2]
`,
  );
}

const ENDS = ['--good', '6.12.1', '--bad', 'v6.19.1'] as const;
const NARROW = ['narrow', 'sweep.toml', ...ENDS, '--runners', 'scripted', '--out', 'result'];

interface Told {
  readonly end: Readonly<Record<string, unknown>>;
  readonly rounds: readonly { readonly sweep: string; readonly kernels: readonly string[] }[];
  readonly findings: readonly { readonly kernel: string; readonly answer: string }[];
  readonly search: { readonly trials: number };
  readonly exhaustive: { readonly trials: number };
  readonly sandwich?: { readonly blocks: number; readonly effect: { readonly ratio: number } };
}

const toldIn = (folder: string): Told =>
  JSON.parse(readFileSync(join(folder, 'result/narrow.json'), 'utf8'));

test('the neighbours are found in few rounds, and confirmed by A B A', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder);
  const ended = await run(folder, ...NARROW);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stdout, /between 6\.16\.1 \(good\) and 6\.17\.1 \(bad\)/);
  for (const line of ended.stdout.split('\n')) assert.ok(line.length <= 80, line);
  for (const line of ended.stderr.trim().split('\n')) assert.match(line, /^ *\d+ \d{4}-\S+Z \S/);
  assert.match(ended.stderr, /from good to bad: 6\.12\.1 6\.13\.1 .* 6\.19\.1/);
  assert.match(
    ended.stderr,
    /round 1: 6\.15\.1 beside 6\.12\.1 and 6\.19\.1; 6 kernels are unknown/,
  );
  assert.match(
    ended.stderr,
    /6\.15\.1 is good at 0\.7\dx \[0\.\d\d, 0\.\d\d\] of the ends' middle/,
  );
  const told = toldIn(folder);
  const pair = { good: '6.16.1', bad: '6.17.1', between: [] };
  assert.deepEqual(told.end, { kind: 'found', pair, confirmed: true });
  assert.equal(told.rounds.length, 3);
  assert.deepEqual([told.search.trials, told.exhaustive.trials], [27, 24]);
  assert.equal(told.sandwich?.blocks, 6);
  assert.ok(Math.abs((told.sandwich?.effect.ratio ?? 0) - 2) < 0.05);
  assert.equal(readFileSync(join(folder, 'result/narrow.txt'), 'utf8'), ended.stdout);
  assert.ok(existsSync(join(folder, 'result/r1/report.txt')));
  const order = readFileSync(join(folder, 'result', sandwichFolder(folder), 'plan.txt'), 'utf8');
  assert.match(order, /6\.16\.1\s+6\.17\.1\s+6\.16\.1\.again/);
  const results = join(folder, 'result', sandwichFolder(folder), 'results.json');
  const { report } = JSON.parse(readFileSync(results, 'utf8'));
  assert.equal(report.judging.family, 1);
  assert.equal(report.rows[0].metrics[0].cells[1].judgement.verdict, 'slower');
  assert.deepEqual(processesOf(folder), []);
});

function sandwichFolder(folder: string): string {
  const found = readdirSync(join(folder, 'result')).filter((name) => name.startsWith('aba-'));
  assert.equal(found.length, 1);
  return found[0] ?? '';
}

test('A B A and rounds are bundled whole without a lab, and repeated from the bundle', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder);
  const scripted = ['--runners', 'scripted'];
  const ended = await run(folder, 'narrow', 'sweep.toml', ...ENDS, ...scripted);
  assert.equal(ended.exitCode, 0, ended.stderr);
  const [narrowing = ''] = readdirSync(join(folder, 'out'));
  const place = join('out', narrowing);
  const names = readdirSync(join(folder, place));
  const aba = names.find((name) => name.startsWith('aba-')) ?? '';
  for (const [index, suffix] of [aba, 'r1'].entries()) {
    const sweep = `${narrowing}-${suffix}`;
    for (const [way, named] of [join(place, suffix), sweep].entries()) {
      const bundled = await run(folder, 'bundle', named, '-o', `${index}-${way}.tar.gz`);
      assert.equal(bundled.exitCode, 0, bundled.stderr);
    }
    const [one, other] = [0, 1].map((way) => readFileSync(join(folder, `${index}-${way}.tar.gz`)));
    assert.deepEqual(other, one);
    const root = unpackBundle(join(folder, `${index}-0.tar.gz`), join(folder, `${index}`));
    assert.ok(
      existsSync(join(root, 'repeat/toggle.c')) && existsSync(join(root, 'binaries/reproducer')),
    );
    // The spec of a round is not the one that the user has under that name.
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const command =
      new RegExp(`^labsweep (run repeat/${sweep}\\.toml .*)$`, 'm').exec(readme)?.[1] ?? '';
    const repeated = await run(root, ...command.split(' '), ...scripted, '--out', 'again');
    assert.equal(repeated.exitCode, 0, repeated.stderr);
    const compared = await run(folder, 'compare', join(place, suffix), join(root, 'again'));
    assert.match(compared.stdout, /setup: no difference is known/, compared.stderr);
    const mail = await run(folder, 'report', sweep, '--format', 'mail');
    assert.match(
      mail.stdout.replaceAll(/\s+/g, ' '),
      new RegExp(`run ${sweep}\\.toml \\(seed .*bundle`),
    );
  }
  const whole = await run(folder, 'bundle', narrowing);
  assert.equal(whole.exitCode, 2, whole.stderr);
  assert.match(whole.stderr, /holds a narrowing, whose sweeps are aba-[0-9a-f]{6}, r1, .*name one/);
  rmSync(join(folder, place, 'store'), { recursive: true });
  const lost = await run(folder, 'bundle', join(place, aba));
  assert.equal(lost.exitCode, 4, lost.stderr);
  assert.match(lost.stderr, /lacks repeat\/toggle\.c: it cannot be had: /);
  assert.deepEqual(processesOf(folder), []);
});

test('a kernel that does not run is skipped and named, and --json is one document', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder, { words: ['--fail', '6.16.1:*:panic'] });
  const ended = await run(folder, ...NARROW, '--per-round', '3', '--json');
  assert.equal(ended.exitCode, 4, ended.stderr);
  const told: Told = JSON.parse(ended.stdout);
  const pair = { good: '6.15.1', bad: '6.17.1', between: ['6.16.1'] };
  assert.deepEqual(told.end, { kind: 'found', pair, confirmed: true });
  assert.equal(told.findings.find(({ kernel }) => kernel === '6.16.1')?.answer, 'fails');
  assert.match(ended.stderr, /6\.16\.1 is skipped: it does not run, \d failed \(panic\)/);
  assert.match(ended.stderr, /It may be in any of 6\.16\.1, 6\.17\.1/);
});

test('a kernel that says no word ends its round at once, and the search goes on without it', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder, { words: ['--fail', '6.15.1:*:no-output'] });
  const ended = await run(folder, ...NARROW);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stderr, /6\.15\.1 is skipped: it does not run, \d failed \(no-output\)/);
  const pair = { good: '6.16.1', bad: '6.17.1', between: [] };
  assert.deepEqual(toldIn(folder).end, { kind: 'found', pair, confirmed: true });
  const first = JSON.parse(readFileSync(join(folder, 'result/r1/results.json'), 'utf8'));
  assert.equal(first.report.state, 'cancelled');
});

test('a kernel with half of the effect gets more blocks, and is told as undecided', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder, { factors: { ...stepAt(FIRST_BAD), '6.16.1': Math.SQRT2 } });
  const ended = await run(folder, ...NARROW, '--blocks-max', '6');
  assert.equal(ended.exitCode, 4, ended.stderr);
  assert.match(ended.stderr, /more blocks of 6\.16\.1, not clear yet/);
  assert.match(ended.stdout, /\n6\.16\.1 +undecided +14\d\.\d+ .* 6 +6 /);
  assert.deepEqual(toldIn(folder).end.pair, {
    good: '6.15.1',
    bad: '6.17.1',
    between: ['6.16.1'],
  });
});

test('ends without a difference end the search with more blocks of both alone', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder, { factors: {} });
  const ended = await run(folder, ...NARROW, '--blocks-max', '6');
  assert.equal(ended.exitCode, 5, ended.stderr);
  assert.match(ended.stderr, /round 2: more blocks of 6\.12\.1 and 6\.19\.1, which do not differ/);
  assert.match(ended.stdout, /No clear difference between 6\.12\.1 and 6\.19\.1 in 6 blocks/);
});

test('what was interrupted goes on where it was, and no trial runs twice', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder);
  const running = start(folder, ...NARROW);
  await waitFor('the second round', () => /round 2: [\s\S]*trials: /.test(running.stderr()));
  running.child.kill('SIGINT');
  const ended = await running.ended;
  assert.equal(ended.exitCode, 130, ended.stderr);
  assert.match(ended.stdout, /Not finished: interrupted; run the same command/);
  assert.deepEqual(processesOf(folder), []);
  const again = await run(folder, ...NARROW);
  assert.equal(again.exitCode, 0, again.stderr);
  assert.match(again.stderr, /going on with scripted-narrow-/);
  assert.match(again.stderr, /9\/9 trials have ended before/);
  const told = toldIn(folder);
  assert.deepEqual([told.end.kind, told.search.trials], ['found', 27]);
});

const ASKS_MAX = 100;

async function hostsAttached(folder: string, at: readonly string[], count: number): Promise<void> {
  for (let asks = 0; asks < ASKS_MAX; asks += 1) {
    const { stdout } = await run(folder, 'hosts', ...at, '--json');
    if (stdout.match(/"attached": true/g)?.length === count) return;
  }
  assert.fail(`${count} hosts did not attach`);
}

test('in a lab a round has as many kernels as there are hosts', async (context) => {
  const { folder, at } = await openLab(context, { agents: ['box-a', 'box-b', 'box-c'] });
  writeSpec(folder);
  await hostsAttached(folder, at, 3);
  const ended = await run(folder, 'narrow', 'sweep.toml', ...ENDS, '--out', 'result', ...at);
  assert.equal(ended.exitCode, 0, ended.stderr);
  const told = toldIn(folder);
  assert.deepEqual(told.end.pair, { good: '6.16.1', bad: '6.17.1', between: [] });
  const asked = told.rounds.map(({ kernels }) => kernels.length - 2);
  assert.deepEqual(asked, [3, 1], ended.stderr);
  const listed = await run(folder, 'list', ...at);
  assert.match(listed.stdout, /scripted-narrow-[0-9a-f]{8}-r1 +finished +15\/15/);
});

test('an end that is not there, a row that is not and a wrong number are refused', async (context) => {
  const folder = temporaryFolder(context);
  writeSpec(folder);
  const refused = async (message: RegExp, ...args: readonly string[]) => {
    const ended = await run(folder, ...args);
    assert.equal(ended.exitCode, 2, ended.stderr);
    assert.match(ended.stderr, message);
    assert.equal(ended.stdout, '');
  };
  const narrow = ['narrow', 'sweep.toml'];
  await refused(
    /--good 6\.12\.2: no such kernel; the list has 6\.12\.1, /,
    ...[...narrow, '--good', '6.12.2', '--bad', '6.19.1'],
  );
  await refused(/required option '--bad/, ...narrow, '--good', '6.12.1');
  await refused(/did you mean scripted-smp2\?/, ...NARROW, '--row', 'scripted-smp22');
  await refused(/--blocks: from 2 on/, ...NARROW, '--blocks', '1');
  await refused(/--per-round.*from 1 on/, ...NARROW, '--per-round', '0');
});
