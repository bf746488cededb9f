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
 * In run order within a phase: what may run beside others first, then what needs the machine for
 * itself, then what takes long and mostly waits. In a phase those that are `pure` share the cores
 * and let go first what starts real processes, one suite behind the other. A test that takes longer
 * than its limit has hung. `jobs` files run at a time; those that are `alone` run one by one.
 */
const SUITES = {
  tidy: { phase: 'beside', pure: true, folder: 'test/dist/tidy', limitMs: 60_000 },
  proto: { phase: 'beside', pure: true, folder: 'proto/dist', limitMs: 60_000, jobs: 2 },
  controller: {
    phase: 'beside',
    pure: true,
    folder: 'controller/dist',
    limitMs: 180_000,
    jobs: 2,
  },
  cli: { phase: 'beside', pure: true, folder: 'cli/dist', limitMs: 60_000, jobs: 2 },
  sim: { phase: 'beside', pure: true, folder: 'test/dist/sim', limitMs: 900_000 },
  agent: {
    phase: 'beside',
    folder: 'agent/dist',
    limitMs: 180_000,
    jobs: 2,
    alone: NEEDS_THE_MACHINE,
  },
  native: { phase: 'beside', folder: 'test/dist/native', limitMs: 180_000 },
  chaos: { phase: 'beside', folder: 'test/dist/chaos', limitMs: 480_000 },
  guests: { phase: 'alone', folder: 'test/dist/guests', limitMs: 600_000 },
  e2e: { phase: 'late', folder: 'test/dist/e2e', limitMs: 600_000, jobs: 4 },
  analysis: { phase: 'late', pure: true, folder: 'analysis/dist', limitMs: 400_000, jobs: 2 },
};
const PHASES = ['beside', 'alone', 'late'];

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

/** What of a suite runs when: all of it in its phase, but for what needs the machine for itself. */
function partsOf(name) {
  const { alone, phase, pure = false, jobs = 1, limitMs } = SUITES[name];
  const files = testFilesOf(name);
  const shared = files.filter((file) => alone?.test(file) !== true);
  const others = files.filter((file) => !shared.includes(file));
  const parts = [{ name, phase, pure, files: shared, jobs, limitMs }];
  if (others.length === 0) return parts;
  const apart = { name: `${name}, alone`, phase: 'alone', pure: false, files: others };
  return [...parts, { ...apart, jobs: 1, limitMs }];
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
const write = (text) => process.stdout.write(text);
for (const phase of PHASES) {
  const [pure, real] = [true, false].map((isPure) =>
    parts.filter((part) => part.phase === phase && part.pure === isPure),
  );
  const areBoth = pure.length > 0 && real.length > 0;
  // What runs beside others is printed behind them, and at once when there are none.
  const kept = [];
  await Promise.all([
    runInTurn(real, { niceness: 0, write }),
    runInTurn(pure, {
      niceness: areBoth ? PURE_NICENESS : 0,
      write: areBoth ? (text) => kept.push(text) : write,
    }),
  ]);
  for (const text of kept) write(text);
}
console.log(failed.length === 0 ? `\nall suites passed` : `\nfailed suites: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
