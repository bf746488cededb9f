// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the built tests with Node's own runner: all of them, or those of the packages and test
 * folders that are named. What was skipped is listed again behind its suite with its reason.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Guests, and what watches the load of the machine, would disturb each other side by side. */
const NEEDS_THE_MACHINE = /(qemu|qemu\.\w+|canary|native|native-offline|hygiene-real)\.test\.js$/;

/**
 * In run order, but for those that are `beside`: they mostly wait, or use one core, and run one
 * behind the other while the `pure` ones share the cores and let them go first. A test that takes
 * longer than its limit has hung. `jobs` files run at a time: pure ones share the cores, and real
 * processes with scripted trials mostly wait for each other. Those that are `alone` run one by one,
 * when nothing else does.
 */
const SUITES = {
  tidy: { pure: true, folder: 'test/dist/tidy', limitMs: 60_000 },
  proto: { pure: true, folder: 'proto/dist', limitMs: 60_000, jobs: 2 },
  analysis: { pure: true, folder: 'analysis/dist', limitMs: 240_000, jobs: 2 },
  controller: { pure: true, folder: 'controller/dist', limitMs: 180_000, jobs: 2 },
  agent: {
    beside: true,
    folder: 'agent/dist',
    limitMs: 180_000,
    jobs: 2,
    alone: NEEDS_THE_MACHINE,
  },
  cli: { pure: true, folder: 'cli/dist', limitMs: 60_000, jobs: 2 },
  sim: { pure: true, folder: 'test/dist/sim', limitMs: 900_000 },
  native: { beside: true, folder: 'test/dist/native', limitMs: 180_000 },
  guests: { folder: 'test/dist/guests', limitMs: 600_000 },
  e2e: { folder: 'test/dist/e2e', limitMs: 600_000, jobs: 4 },
  chaos: { beside: true, folder: 'test/dist/chaos', limitMs: 480_000 },
};

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name))
    .sort();
}

function testFilesOf(name) {
  const { folder } = SUITES[name];
  const files = testFiles(join(root, folder));
  if (files.length === 0) throw new Error(`no test files below ${folder}; build first`);
  return files;
}

/** How much the pure ones let others go first, as `nice` counts it. */
const PURE_NICENESS = 10;

/** What of a suite runs when: all of it in its lane, but for what needs the machine for itself. */
function partsOf(name) {
  const { alone, pure, beside, jobs = 1, limitMs } = SUITES[name];
  const lane = pure ? 'pure' : beside ? 'beside' : 'last';
  const files = testFilesOf(name);
  const shared = files.filter((file) => alone?.test(file) !== true);
  const others = files.filter((file) => !shared.includes(file));
  const parts = [{ name, lane, files: shared, jobs, limitMs }];
  if (others.length === 0) return parts;
  return [...parts, { name: `${name}, alone`, lane: 'last', files: others, jobs: 1, limitMs }];
}

/** Settles with whether all passed. `write` takes what they print. */
function runFiles({ files, jobs, limitMs }, { niceness, write }) {
  const reporter = join(root, 'scripts', 'skip-reporter.mjs');
  const child = spawn(
    'nice',
    [
      ...['-n', String(niceness), process.execPath],
      '--enable-source-maps',
      '--test',
      `--test-concurrency=${jobs}`,
      `--test-timeout=${limitMs}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stderr',
      ...files,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.on('data', write);
  child.stderr.on('data', write);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}

const failed = [];

async function runInTurn(parts, options) {
  for (const part of parts) {
    const startedAtMs = Date.now();
    options.write(`\n== ${part.name}\n`);
    if (!(await runFiles(part, options))) failed.push(part.name);
    options.write(`== ${part.name} took ${Math.round((Date.now() - startedAtMs) / 1_000)} s\n`);
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`run-tests: '${unknown[0]}' is not one of ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
const names = asked.length > 0 ? asked : Object.keys(SUITES);
const parts = names.flatMap(partsOf);
const inLane = (lane) => parts.filter((part) => part.lane === lane);
const write = (text) => process.stdout.write(text);
const niceness = inLane('beside').length > 0 ? PURE_NICENESS : 0;
// What runs beside others is printed behind them, and at once when there are none.
const kept = [];
const keep = inLane('pure').length > 0 ? (text) => kept.push(text) : write;
await Promise.all([
  runInTurn(inLane('pure'), { niceness, write }),
  runInTurn(inLane('beside'), { niceness: 0, write: keep }),
]);
for (const text of kept) write(text);
await runInTurn(inLane('last'), { niceness: 0, write });
console.log(failed.length === 0 ? `\nall suites passed` : `\nfailed suites: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
