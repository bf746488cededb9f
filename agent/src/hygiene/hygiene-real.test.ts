// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: hygiene sees what really happens to this machine, and leaves it as it was. Method: real
 * load, real settings of the running kernel, and a real process that is killed.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HygieneMode } from '@labsweep/proto';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { runProcess } from '../io/process.js';
import { openWorkshop } from '../testing/compile-c.js';
import { createHygiene, type Hygiene, type HygieneSession } from './hygiene.js';

const RATE = '/proc/sys/kernel/perf_event_max_sample_rate';
const TRIAL_MS = 700;
/** Other people work on machines that tests run on; one quiet moment is enough to show it. */
const ATTEMPTS_MAX = 6;
const SNAPSHOT_MS_MAX = 10;

const LOOP = 'while :; do :; done';
const OTHERS_TOOK = /^load: other programs took [\d.]+ % of the trial's CPUs/;

let folder = '';
let hygiene: Hygiene;
let cpu = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labsweep-hygiene-'));
  hygiene = createHygiene({ journalPath: join(folder, 'settings') });
  cpu = (await readAllowedCpus('/')).at(-1) ?? 0;
});

after(async () => {
  await hygiene.restoreLeftovers();
  hygiene.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(mode: HygieneMode = 'observe'): Promise<HygieneSession> {
  const loadMax = Number.POSITIVE_INFINITY;
  const start = await hygiene.begin({ mode, cpus: [cpu], loadMax });
  assert.ok(start.ok, JSON.stringify(start));
  return start.session;
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const startLoop = () =>
  spawn('taskset', ['--cpu-list', String(cpu), 'sh', '-c', LOOP], { stdio: 'ignore' });

/** What a runner does: a program that is busy all the time, and has ended when we look again. */
function runTrial() {
  const seconds = String(TRIAL_MS / 1000);
  return runProcess({
    command: 'taskset',
    arguments: ['--cpu-list', String(cpu), 'timeout', seconds, 'sh', '-c', LOOP],
    outputBytesMax: 1024,
    stop: AbortSignal.timeout(10_000),
  });
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function skipUnlessWritable(t: TestContext, path: string): Promise<boolean> {
  if (await isWritable(path)) return false;
  t.skip(`${path} may not be written here; run the tests as root`);
  return true;
}

describe('real load', () => {
  test('on the CPU of the trial makes it host-disturbed', async () => {
    const session = await begin();
    const loop = startLoop();
    await sleep(TRIAL_MS);
    const record = await session.after({ ownCpuMs: 0 }).finally(() => stop(loop));
    assert.ok(
      record.disturbances.some((line) => OTHERS_TOOK.test(line)),
      `${record.disturbances}`,
    );
  });

  test('beside a busy trial as well, where the two share the CPU', async () => {
    const session = await begin();
    const loop = startLoop();
    const trial = await runTrial();
    const record = await session.after().finally(() => stop(loop));
    assert.equal(trial.ending.kind, 'exited');
    assert.ok(
      record.disturbances.some((line) => OTHERS_TOOK.test(line)),
      `${record.disturbances}`,
    );
  });

  test('of the trial itself is none', async () => {
    let seen: readonly string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const session = await begin();
      await runTrial();
      const { disturbances } = await session.after();
      seen = disturbances.filter((line) => line.startsWith('load:'));
      if (seen.length === 0) return;
    }
    assert.fail(`each of ${ATTEMPTS_MAX} trials was disturbed: ${seen.join(', ')}`);
  });
});

describe('real settings', () => {
  test('that somebody changes in mid-trial are named', async (t) => {
    if (await skipUnlessWritable(t, RATE)) return;
    const old = (await readFile(RATE, 'utf8')).trim();
    const other = old === '50000' ? '40000' : '50000';
    const session = await begin();
    try {
      await writeFile(RATE, other);
      const { disturbances } = await session.after();
      const expected = `watchdog: perf_event_max_sample_rate changed from '${old}' to '${other}'`;
      assert.ok(disturbances.includes(expected), disturbances.join('\n'));
    } finally {
      await writeFile(RATE, old);
    }
  });

  test('are enforced, read back and restored', async (t) => {
    if (await skipUnlessWritable(t, RATE)) return;
    const old = await readFile(RATE, 'utf8');
    const session = await begin('enforce');
    assert.equal(await readFile(RATE, 'utf8'), '1\n');
    const record = await session.after();
    assert.equal(await readFile(RATE, 'utf8'), old);
    assert.equal(record.before.perf_event_max_sample_rate, '1');
    if (await isWritable('/dev/cpu_dma_latency')) {
      assert.equal(record.before.dma_latency_us, '0');
      assert.equal(record.after.dma_latency_us, '0');
    }
    const trouble = [...record.disturbances, ...record.warnings].join('\n');
    assert.doesNotMatch(trouble, /^(watchdog|idle-states|restoring)/m);
  });

  test('are restored after kill -9 by the next agent', async (t) => {
    if (await skipUnlessWritable(t, RATE)) return;
    const old = await readFile(RATE, 'utf8');
    const module = new URL('./hygiene.js', import.meta.url).href;
    const options = { journalPath: join(folder, 'settings') };
    const code = `import { createHygiene } from ${JSON.stringify(module)};
      const hygiene = createHygiene(${JSON.stringify(options)});
      const start = await hygiene.begin({ mode: 'enforce', cpus: [${cpu}], loadMax: 1e9 });
      console.log(start.ok); setTimeout(() => {}, 60_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      assert.equal(String(said), 'true\n');
      await stop(child);
      assert.equal(await readFile(RATE, 'utf8'), '1\n');
      const told = await hygiene.restoreLeftovers();
      assert.ok(told.includes(`${RATE} set back from 1 to ${old.trim()}`), told.join('\n'));
      assert.equal(await readFile(RATE, 'utf8'), old);
    } finally {
      await writeFile(RATE, old);
    }
  });
});

test('a line of the real kernel in mid-trial is counted, and that of a program is not', async (t) => {
  const logsFaults = await readFile('/proc/sys/debug/exception-trace', 'utf8').catch(() => '0');
  if (logsFaults.trim() !== '1') return t.skip('this kernel does not log the faults of programs');
  if (await skipUnlessWritable(t, '/dev/kmsg')) return;
  const workshop = await openWorkshop();
  try {
    const crash = await workshop.compile('crash', 'int *volatile nowhere = 0; return *nowhere;');
    const session = await begin();
    await writeFile('/dev/kmsg', 'labsweep test: BUG: this is only a program talking');
    const end = await runProcess({
      command: crash,
      arguments: [],
      outputBytesMax: 1024,
      stop: AbortSignal.timeout(10_000),
    });
    assert.deepEqual(end.ending, { kind: 'signalled', signal: 'SIGSEGV' });
    const { after: facts } = await session.after();
    assert.ok(Number(facts.kernel_log_lines) >= 1, `${facts.kernel_log_lines} lines`);
    assert.doesNotMatch(facts.kernel_log_trouble ?? '', /labsweep test/);
  } finally {
    await workshop.close();
  }
});

test('a snapshot is cheap, since it surrounds each trial', async (t) => {
  const costs: number[] = [];
  const cpuBefore = process.cpuUsage();
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await (await begin()).after();
    costs.push((performance.now() - startMs) / 2);
  }
  const used = process.cpuUsage(cpuBefore);
  const cpuMs = (used.user + used.system) / 1000 / rounds / 2;
  const medianMs = costs.sort((a, b) => a - b)[rounds / 2] ?? 0;
  t.diagnostic(`a snapshot: ${medianMs.toFixed(2)} ms (median), ${cpuMs.toFixed(2)} ms of CPU`);
  assert.ok(medianMs < SNAPSHOT_MS_MAX, `${medianMs} ms`);
});
