// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the built tests with Node's own runner: all of them, or those of the packages and test
 * folders that are named. What was skipped is listed again at the end with its reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Guests, and what watches the load of the machine, would disturb each other side by side. */
const NEEDS_THE_MACHINE = /(qemu|qemu\.\w+|canary|native|native-offline|hygiene-real)\.test\.js$/;

/**
 * In run order: the quick and pure ones first. A test that takes longer than its limit has hung.
 * `jobs` files run at a time: pure ones share the cores, and real processes with scripted trials
 * mostly wait for each other. Those that are `alone` run one by one behind the others.
 */
const SUITES = {
  tidy: { folder: 'test/dist/tidy', limitMs: 60_000 },
  proto: { folder: 'proto/dist', limitMs: 60_000, jobs: 2 },
  analysis: { folder: 'analysis/dist', limitMs: 240_000, jobs: 2 },
  controller: { folder: 'controller/dist', limitMs: 180_000, jobs: 2 },
  agent: { folder: 'agent/dist', limitMs: 180_000, jobs: 2, alone: NEEDS_THE_MACHINE },
  cli: { folder: 'cli/dist', limitMs: 60_000, jobs: 2 },
  sim: { folder: 'test/dist/sim', limitMs: 900_000 },
  native: { folder: 'test/dist/native', limitMs: 180_000 },
  guests: { folder: 'test/dist/guests', limitMs: 600_000 },
  e2e: { folder: 'test/dist/e2e', limitMs: 600_000, jobs: 3 },
  chaos: { folder: 'test/dist/chaos', limitMs: 480_000 },
};

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name))
    .sort();
}

function runSuite(name) {
  const { folder, limitMs, jobs = 1, alone } = SUITES[name];
  const files = testFiles(join(root, folder));
  if (files.length === 0) throw new Error(`no test files below ${folder}; build first`);
  const shared = files.filter((file) => alone?.test(file) !== true);
  const others = files.filter((file) => !shared.includes(file));
  const isWell = runFiles(shared, { jobs, limitMs });
  return (others.length === 0 || runFiles(others, { jobs: 1, limitMs })) && isWell;
}

function runFiles(files, { jobs, limitMs }) {
  const reporter = join(root, 'scripts', 'skip-reporter.mjs');
  const result = spawnSync(
    process.execPath,
    [
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
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return result.status === 0;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`run-tests: '${unknown[0]}' is not one of ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
const names = asked.length > 0 ? asked : Object.keys(SUITES);
const failed = names.filter((name) => {
  console.log(`\n== ${name}`);
  return !runSuite(name);
});
console.log(failed.length === 0 ? `\nall suites passed` : `\nfailed suites: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
