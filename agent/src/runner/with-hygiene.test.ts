// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a trial during which the host moved does not count, and everything is put back. Method: a
 * runner and a hygiene that answer as told; then the real ones, on this machine.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HygieneMode, HygieneRecord, Outcome, Permission, Purpose } from '@labsweep/proto';
import { HostUnreadyError } from '../host-unready-error.js';
import { createHygiene, type Hygiene, type HygieneRequest } from '../hygiene/hygiene.js';
import { openWorkshop } from '../testing/compile-c.js';
import { makeOrder } from '../testing/order.js';
import { waitUntil } from '../testing/wait-until.js';
import { createNativeRunner } from './native.js';
import type { PlacedRunner, Runner, RunResult } from './runner.js';
import { withHygiene } from './with-hygiene.js';

const MEASURED: Outcome = {
  status: 'measured',
  samples: [{ scenario: '', line: 'result', values: { ns: 1 }, texts: {} }],
  facts: {},
  consoleTail: '',
};

interface Scene {
  readonly purpose?: Purpose;
  readonly mode?: HygieneMode;
  readonly may?: readonly Permission[];
  readonly outcome?: Outcome;
  readonly disturbances?: readonly string[];
  readonly refusal?: readonly string[];
  readonly failure?: Error;
  readonly cpusFor?: readonly number[];
}

/** Plays the scene, and gives its result with what was asked of the hygiene, in order. */
async function play(scene: Scene) {
  const { mode = 'observe', purpose = 'timing', outcome = MEASURED } = scene;
  const { disturbances = [], refusal } = scene;
  const calls: string[] = [];
  const requests: HygieneRequest[] = [];
  const told: string[] = [];
  const record: HygieneRecord = { mode, before: {}, after: {}, warnings: [], disturbances };
  const hygiene: Hygiene = {
    begin: async (request) => {
      calls.push('begin');
      requests.push(request);
      if (refusal !== undefined) {
        request.waits?.(refusal, 30_000);
        told.push(runner.waiting ?? '');
        return { ok: false, refusal, waitedMs: 30_000 };
      }
      const after = async () => {
        calls.push('after');
        return record;
      };
      const abandon = async () => void calls.push('abandon');
      return { ok: true, session: { before: {}, after, abandon } };
    },
    restoreLeftovers: async () => [],
    close: () => {},
  };
  const plain: Runner = {
    kind: 'native',
    probe: async () => [],
    run: async (order): Promise<RunResult> => {
      calls.push('run');
      if (scene.failure !== undefined) throw scene.failure;
      return { outcome, environment: order.environment };
    },
    close: async () => {},
  };
  const { cpusFor } = scene;
  const inner: Runner | PlacedRunner =
    cpusFor === undefined ? plain : { ...plain, cpusFor: async () => cpusFor };
  const note = (text: string) => void told.push(text);
  const runner = withHygiene(inner, { hygiene, permissions: scene.may ?? [], note });
  const order = makeOrder({ environment: 'native', purpose, hygiene: mode });
  const trial = runner.run(order, new AbortController().signal).then(
    (result) => result.outcome,
    (error: unknown) => error,
  );
  return { end: await trial, calls, requests, record, told, waiting: runner.waiting };
}

describe('what becomes of a trial', () => {
  test('a quiet host leaves its outcome as it is, with the record of the host', async () => {
    const { end, calls, record } = await play({});
    assert.deepEqual(end, { ...MEASURED, hygiene: record });
    assert.deepEqual(calls.slice(0, 3), ['begin', 'run', 'after']);
  });

  test('a host that moved takes its status away, and leaves its samples', async () => {
    const disturbances = ['the governor changed', 'load', 'thermal', 'steal', 'swap'];
    const { end, record } = await play({ disturbances });
    const message =
      'the host moved while the trial ran: the governor changed; load; thermal; and 2 more';
    const failure = { class: 'host-disturbed', message };
    assert.deepEqual(end, { ...MEASURED, status: 'lab-failed', failure, hygiene: record });
  });

  test('what is no number is not moved by a busy host', async () => {
    for (const purpose of ['audit', 'attribution'] as const) {
      const { end, record } = await play({ purpose, disturbances: ['load'] });
      assert.deepEqual(end, { ...MEASURED, hygiene: record });
    }
  });

  test('a finding on a host that moved stays a finding', async () => {
    const failure = { class: 'panic', message: 'Kernel panic' } as const;
    const outcome = { ...MEASURED, status: 'subject-failed', failure } as const;
    const { end, record } = await play({ outcome, disturbances: ['load'] });
    assert.deepEqual(end, { ...outcome, hygiene: record });
  });

  test('a host that is not as required runs nothing, and says what it waits for', async () => {
    const refusal = ['governor: powersave; mend it by: cpupower'];
    const { end, calls, told, waiting } = await play({ mode: 'require', refusal });
    assert.ok(end instanceof HostUnreadyError);
    assert.equal(
      end.message,
      `hygiene = require is not met after 30.0 s of waiting: ${refusal[0]}`,
    );
    assert.deepEqual(calls, ['begin']);
    assert.match(told[0] ?? '', / waits up to 30.0 s for the host: governor: powersave; mend/);
    assert.equal(told[1], told[0], 'the runner says it as long as it waits');
    assert.equal(waiting, '');
  });

  test('nothing is enforced without permission, and the message names the option', async () => {
    const { end, calls } = await play({ mode: 'enforce' });
    assert.ok(end instanceof HostUnreadyError);
    assert.match(end.message, /^hygiene = enforce is not met: .*start it with `--may tune`/);
    assert.deepEqual(calls, []);
    const allowed = await play({ mode: 'enforce', may: ['tune'] });
    assert.equal((allowed.end as Outcome).status, 'measured');
  });

  test('a trial that is given up is put back, and its reason comes out', async () => {
    const failure = new Error('lease lost');
    const { end, calls } = await play({ failure });
    assert.equal(end, failure);
    assert.deepEqual(calls, ['begin', 'run', 'abandon']);
  });

  test('the CPUs to be looked at are those of the trial where they are known', async () => {
    const { requests } = await play({ cpusFor: [3, 4] });
    assert.deepEqual(requests[0]?.cpus, [3, 4]);
    const unplaced = await play({ cpusFor: [] });
    assert.ok((unplaced.requests[0]?.cpus.length ?? 0) > 0);
  });
});

/** Watched, harmless for a moment, and the same on every Linux. */
const ASLR = '/proc/sys/kernel/randomize_va_space';

test('on this machine a setting that is changed in mid-trial spoils the trial by name', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root may change a setting of the kernel');
  const workshop = await openWorkshop();
  const before = await readFile(ASLR, 'utf8');
  const hygiene = createHygiene({ journalPath: join(workshop.directory, 'settings.json') });
  try {
    const binaryPath = await workshop.compile(
      'sleeper',
      'FILE *f = fopen(argv[1], "w"); fclose(f); usleep(300000); puts("result ns=1"); return 0;',
    );
    const scratchDirectory = join(workshop.directory, 'scratch');
    const inner = createNativeRunner({ scratchDirectory });
    const runner = withHygiene(inner, { hygiene, permissions: [] });
    const mark = join(workshop.directory, 'started');
    const workload = { binaryPath, arguments: [mark] };
    const trial = runner.run(
      makeOrder({ environment: 'native', workload }),
      new AbortController().signal,
    );
    await waitUntil('the reproducer', () =>
      readFile(mark).then(
        () => true,
        () => false,
      ),
    );
    await writeFile(ASLR, before.trim() === '1' ? '2' : '1');
    const { outcome } = await trial;
    assert.equal(outcome.failure?.class, 'host-disturbed', outcome.failure?.message);
    assert.match(outcome.hygiene?.disturbances.join('\n') ?? '', /aslr/);
    assert.equal(outcome.samples[0]?.values.ns, 1);
    assert.notEqual(outcome.hygiene?.before.workload_sha256, 'absent');
  } finally {
    await writeFile(ASLR, before);
    hygiene.close();
    await workshop.close();
  }
});
