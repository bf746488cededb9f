// SPDX-License-Identifier: Apache-2.0
/**
 * A sweep goes into a bundle, out of it again as every report, is repeated from it, and is held
 * against its repetition: by the real command, with scripted trials.
 */
import { strict as assert } from 'node:assert';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLab } from './lab.js';
import { processesOf, ROOT, run, temporaryFolder, writeScriptedSpec } from './labsweep-process.js';
import { unpackBundle } from './unpack-bundle.js';

const SCRIPTED = ['--runners', 'scripted'];
const WRITTEN = ['report.txt', 'results.csv', 'results.json'];

/** A finished sweep of scripted trials in `result`, with a failed trial and its rerun. */
async function finishedSweep(folder: string): Promise<string> {
  writeScriptedSpec(folder, { words: ['--fail-once', 'new:2:panic'] });
  const ended = await run(folder, 'run', 'sweep.toml', ...SCRIPTED, '--out', 'result');
  assert.equal(ended.exitCode, 0, ended.stderr);
  return join(folder, 'result');
}

test('a sweep, its folder and its bundle give the same report in every format', async (context) => {
  const folder = temporaryFolder(context);
  const result = await finishedSweep(folder);
  const report = readFileSync(join(result, 'report.txt'), 'utf8');
  assert.equal((await run(folder, 'report', 'result')).stdout, report);
  for (const name of ['one.tar.gz', 'two.tar.gz']) {
    const ended = await run(folder, 'bundle', 'result', '-o', name);
    assert.equal(ended.exitCode, 0, ended.stderr);
    assert.equal(ended.stdout, `${name}\n`);
  }
  const archive = readFileSync(join(folder, 'one.tar.gz'));
  assert.deepEqual(archive, readFileSync(join(folder, 'two.tar.gz')));
  for (const [source, target] of [
    ['result', 'from-folder'],
    ['one.tar.gz', 'from-bundle'],
  ] as const) {
    const ended = await run(folder, 'report', source, '--format', 'all', '-o', target);
    assert.equal(ended.exitCode, 0, ended.stderr);
    const rendered = join(folder, target);
    for (const name of WRITTEN) {
      assert.deepEqual(readFileSync(join(rendered, name)), readFileSync(join(result, name)), name);
    }
    for (const name of readdirSync(rendered)) {
      const other = join(folder, 'from-folder', name);
      assert.deepEqual(readFileSync(join(rendered, name)), readFileSync(other), name);
    }
  }
  // What the folder keeps for reports is gone; what its lab keeps tells the same.
  rmSync(join(result, 'record.jsonl'));
  assert.equal((await run(folder, 'report', 'result')).stdout, report);
  const again = await run(folder, 'bundle', 'result', '-o', 'three.tar.gz');
  assert.equal(again.exitCode, 0, again.stderr);
  assert.deepEqual(readFileSync(join(folder, 'three.tar.gz')), archive);
  assert.deepEqual(processesOf(folder), []);
});

test('a sweep is repeated from its bundle alone, and held against the repetition', async (context) => {
  const folder = temporaryFolder(context);
  await finishedSweep(folder);
  assert.equal((await run(folder, 'bundle', 'result', '-o', 'b.tar.gz')).exitCode, 0);
  const root = unpackBundle(join(folder, 'b.tar.gz'), join(folder, 'elsewhere'));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const command = /^labsweep (run .*)$/m.exec(readme)?.[1] ?? '';
  const repeated = await run(root, ...command.split(' '), ...SCRIPTED, '--out', 'again');
  assert.equal(repeated.exitCode, 0, repeated.stderr);
  const compared = await run(folder, 'compare', 'b.tar.gz', join(root, 'again'));
  assert.equal(compared.exitCode, 0, compared.stderr);
  assert.match(compared.stdout, /setup: no difference is known/);
  assert.match(compared.stdout, /ns: A .*, B .*:/);
  const json = await run(folder, 'compare', 'b.tar.gz', join(root, 'again'), '--json');
  const { schema, rows } = JSON.parse(json.stdout);
  assert.equal(schema, 'labsweep-comparison/1');
  assert.equal(rows.length, 2);
  for (const row of rows) assert.deepEqual(row.differences, []);
});

test('after more work the record of a folder is that of the newest state', async (context) => {
  const folder = temporaryFolder(context);
  const result = await finishedSweep(folder);
  const before = readFileSync(join(result, 'report.txt'), 'utf8');
  const added = await run(folder, 'add', 'result', '--repetitions', '1');
  assert.equal(added.exitCode, 0, added.stderr);
  const { stdout } = await run(folder, 'report', 'result');
  assert.notEqual(stdout, before);
  assert.equal(stdout, readFileSync(join(result, 'report.txt'), 'utf8'));
  await run(folder, 'bundle', 'result', '-o', 'b.tar.gz');
  assert.equal((await run(folder, 'report', 'b.tar.gz')).stdout, stdout);
  const root = unpackBundle(join(folder, 'b.tar.gz'), join(folder, 'x'));
  assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /labsweep add SWEEP --repetitions 1/);
});

test('a bundle that lacks evidence says so and ends with 4', async (context) => {
  const folder = temporaryFolder(context);
  const result = await finishedSweep(folder);
  rmSync(join(result, 'store'), { recursive: true });
  const ended = await run(folder, 'bundle', 'result', '-o', 'b.tar.gz');
  assert.equal(ended.exitCode, 4, ended.stderr);
  assert.match(ended.stderr, /lacks repeat\/toggle\.c: it cannot be had: /);
  assert.equal(
    (await run(folder, 'report', 'b.tar.gz')).stdout,
    readFileSync(join(result, 'report.txt'), 'utf8'),
  );
});

test('measurements made elsewhere go through the same analysis', async (context) => {
  const folder = temporaryFolder(context);
  const result = await finishedSweep(folder);
  const own = await run(folder, 'report', '--from', 'result/results.csv', '--baseline', 'old');
  assert.equal(own.exitCode, 0, own.stderr);
  // A results.csv has kernels in the order in which they ran, not in that of the spec.
  const table = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^scripted +\d|slower/.test(line))
      .map((line) => line.trim().split(/ {2,}/).toSorted().join(' '))
      .join('\n');
  assert.ok(table(own.stdout).split('\n').length >= 2);
  assert.equal(table(own.stdout), table(readFileSync(join(result, 'report.txt'), 'utf8')));
  copyFileSync(
    join(ROOT, 'analysis/testdata/measured-steps.csv'),
    join(folder, 'measured-steps.csv'),
  );
  const all = await run(
    folder,
    'report',
    '--from',
    'measured-steps.csv',
    '--format',
    'all',
    '-o',
    'r',
  );
  assert.equal(all.exitCode, 0, all.stderr);
  assert.match(readFileSync(join(folder, 'r/report.txt'), 'utf8'), /Made elsewhere and read from/);
});

test('a sweep of a lab is bundled by its id, and so is what was watched of it', async (context) => {
  const lab = await openLab(context, { spec: {}, agents: ['box-a'] });
  const { folder, at: address } = lab;
  const ended = await run(folder, 'run', 'sweep.toml', ...address, '--out', 'result');
  assert.equal(ended.exitCode, 0, ended.stderr);
  const { sweep } = JSON.parse(readFileSync(join(folder, 'result/sweep.json'), 'utf8'));
  assert.equal((await run(folder, 'report', sweep, ...address)).stdout, ended.stdout);
  assert.equal((await run(folder, 'watch', sweep, ...address, '--out', 'seen')).exitCode, 0);
  const archives = [
    ['by-id.tar.gz', sweep],
    ['by-folder.tar.gz', 'result'],
    ['watched.tar.gz', 'seen'],
  ].map(async ([name = '', source = '']) => {
    const bundled = await run(folder, 'bundle', source, ...address, '-o', name);
    assert.equal(bundled.exitCode, 0, bundled.stderr);
    return readFileSync(join(folder, name));
  });
  const [byId, byFolder, watched] = await Promise.all(archives);
  assert.deepEqual(byFolder, byId);
  assert.deepEqual(watched, byId);
  const compared = await run(folder, 'compare', 'by-id.tar.gz', sweep, ...address);
  assert.match(compared.stdout, /setup: no difference is known/);
  await lab.close();
  // The lab is gone, and the folders still have the record.
  const report = readFileSync(join(folder, 'result/report.txt'), 'utf8');
  assert.equal((await run(folder, 'report', 'seen')).stdout, report);
  const alone = await run(folder, 'bundle', 'result', '-o', 'alone.tar.gz');
  assert.equal(alone.exitCode, 4, alone.stderr);
  assert.match(alone.stderr, /lacks repeat\/toggle\.c: .*name that by --controller HOST:PORT/);
});

test('mistakes are told with their place, and end with 2', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'm.csv'), 'kernel,metric,value,repetition\na,ns,"1,5",1\n');
  writeFileSync(join(folder, 'noise.tar.gz'), 'noise');
  const cases = [
    [['report', '--from', 'm.csv'], /^m\.csv:2:6: value: '1,5' is no number; write decimals/],
    [['report', '--from', 'absent.csv'], /^cannot read absent\.csv: no such file/],
    [['report', 'noise.tar.gz'], /^noise\.tar\.gz: this is no bundle/],
    [['report', 'absent'], /^there is no sweep in absent/],
    [['report', 'absent', '--format', 'cvs'], /'cvs' is not one of text, .*did you mean csv\?/],
    [['report', 'absent', '--format', 'all'], /--format all needs a folder: -o DIR/],
    [['report', 'x', '--url', 'ftp://x y'], /expected an address such as https:/],
    [['report', 'out/absent'], /^there is no sweep in out\/absent; a sweep of a lab needs/],
    [['report'], /^report: name a sweep, its folder or its bundle, or --from FILE\.csv/],
    [['report', 'x', '--baseline', 'y'], /--baseline and --metric are for --from/],
    [['bundle', 'noise.tar.gz'], /noise\.tar\.gz is a bundle already/],
    [['bundle', 'x', '--artifact-max', 'huge'], /expected a whole number/],
    [['compare', 'noise.tar.gz', 'absent'], /^noise\.tar\.gz: this is no bundle/],
  ] as const;
  for (const [words, message] of cases) {
    const { exitCode, stderr, stdout } = await run(folder, ...words);
    assert.equal(exitCode, 2, `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
});
