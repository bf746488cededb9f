// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: each end of a real guest has its class, and none leaves a trace. Method: QEMU under TCG
 * boots a real Debian kernel with tiny reproducers that end in one way each.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DEFAULT_GUEST, type GuestSettings } from '@labsweep/proto';
import { CHAMELEON } from '../testing/chameleon.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { findProcesses } from '../testing/processes.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { waitUntil } from '../testing/wait-until.js';
import { createQemuRunner } from './qemu.js';
import type { Runner, RunResult } from './runner.js';

const kernel = await findTestKernel();
const never = new AbortController().signal;

let workshop: Workshop;
let binaryPath = '';
let scratchDirectory = '';
let runner: Runner;

before(async () => {
  workshop = await openWorkshop();
  binaryPath = await workshop.compile('chameleon', CHAMELEON);
  scratchDirectory = join(workshop.directory, 'scratch, with comma');
  runner = createQemuRunner({ initPath: GUEST_INIT_PATH, scratchDirectory });
});
after(() => workshop.close());

function orderOf(words: readonly string[], parts: OrderParts = {}) {
  return makeOrder({
    environment: 'qemu-tcg',
    kernelImage: kernel,
    ...parts,
    workload: {
      binaryPath,
      arguments: words,
      expectations: [{ metric: 'unexpected_results', operator: '==', value: 0 }],
      ...parts.workload,
    },
  });
}

async function run(words: readonly string[], parts: OrderParts = {}) {
  const result = await runner.run(orderOf(words, parts), never);
  assert.deepEqual(await readdir(scratchDirectory), []);
  return result;
}

const PLAIN: GuestSettings = { ...DEFAULT_GUEST, boot: 'plain' };

function factsOf({ outcome }: RunResult) {
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  return outcome.facts;
}

describe('with a real kernel under TCG', { skip: kernel.skip }, () => {
  test('a good trial with two CPUs is measured, with facts and evidence', async () => {
    const parts = { shape: { smp: 2, memoryMib: 512 }, commandLine: 'mitigations=off' };
    const { outcome, environment, console, output } = await run([], parts);
    assert.equal(outcome.status, 'measured', outcome.failure?.message);
    assert.equal(environment, 'qemu-tcg');
    assert.deepEqual(
      outcome.samples.map(({ line, values }) => [line, values.ns]),
      [
        ['round', 2.5],
        ['result', 1.5],
      ],
    );
    assert.equal(outcome.facts.online_cpus, '2');
    assert.equal(outcome.facts.kernel_release, kernel.release);
    assert.equal(outcome.facts.host_kernel_release, release());
    assert.match(outcome.facts.cmdline ?? '', / panic=-1 .*mitigations=off$/);
    assert.equal(outcome.facts.accelerator, 'tcg');
    assert.equal(outcome.facts.machine_type?.startsWith('pc-q35-'), true);
    assert.match(outcome.consoleTail, /Linux version 6.*labsweep-init: done/s);
    assert.ok((console?.length ?? 0) >= outcome.consoleTail.length);
    assert.match(new TextDecoder().decode(output), /^LS1 0 .* end frames=\d+\r?\n$/s);
  });

  test('the reproducer finds its files and variables, beside itself', async () => {
    const path = join(workshop.directory, 'input');
    await writeFile(path, 'from-the-host');
    const { outcome } = await run([], {
      workload: { variables: { CHAMELEON: 'green' }, files: [{ name: 'data/input', path }] },
    });
    assert.equal(outcome.status, 'measured', outcome.failure?.message);
    const texts = outcome.samples[1]?.texts;
    assert.equal(texts?.variable, 'green');
    assert.equal(texts.directory, '/labsweep/work');
    assert.equal(texts.content, 'xfrom-the-host');
  });

  test('the fast and the plain boot reach the same end, and say which they were', async () => {
    const [fast, plain] = [await run([]), await run([], { guest: PLAIN })].map(factsOf);
    assert.deepEqual(
      [fast?.boot_path, fast?.boot_protocol, fast?.firmware, fast?.shutdown_reason],
      ['fast', 'pvh', 'qboot', 'debug-exit'],
    );
    assert.deepEqual(
      [plain?.boot_path, plain?.boot_protocol, plain?.firmware, plain?.shutdown_reason],
      ['plain', 'bzimage', 'default', 'guest-shutdown'],
    );
    assert.match(fast?.cmdline ?? '', /cryptomgr\.notests/);
    assert.doesNotMatch(plain?.cmdline ?? '', /notests/);
    assert.equal(fast?.machine_type, plain?.machine_type);
    assert.equal(fast?.kaslr, 'off');
    // By lot, so once in some hundred boots a kernel lies where it would lie without.
    const again = plain?.kaslr === 'off' ? factsOf(await run([], { guest: PLAIN })) : plain;
    assert.equal(again?.kaslr, 'on');
  });

  test('a guest that cannot power off ends all the same', async () => {
    const guest = { ...PLAIN, trims: ['acpi-off'] } as const;
    const facts = factsOf(await run([], { guest }));
    assert.match(facts.cmdline ?? '', /acpi=off/);
    assert.equal(facts.boot_trims, 'acpi-off');
    assert.equal(facts.shutdown_reason, 'debug-exit');
  });

  test('an abort rejects with its reason, and leaves no QEMU and no file', async () => {
    const trial = `abort-${process.pid}/r1/k`;
    const reason = new Error('lease lost');
    const stopper = new AbortController();
    const aborted = runner.run(orderOf(['hang'], { trial }), stopper.signal);
    await waitUntil('a guest', async () => (await findProcesses(`labsweep-${trial}`)).length > 0);
    stopper.abort(reason);
    await assert.rejects(aborted, (error) => error === reason);
    assert.deepEqual(await findProcesses(`labsweep-${trial}`), []);
    assert.deepEqual(await readdir(scratchDirectory), []);
  });
});

test('a missing kernel or binary is told by its path', async () => {
  for (const parts of [
    { kernelImage: { path: '/nonexistent/k', release: 'x' } },
    {
      kernelImage: { path: '/dev/null', release: 'x' },
      workload: { binaryPath: '/nonexistent/b' },
    },
  ]) {
    const { outcome } = await run([], parts);
    assert.equal(outcome.failure?.class, 'artifact-missing');
    assert.match(outcome.failure?.message ?? '', /\/nonexistent\//);
  }
});

test('a QEMU that is missing is told with the package to install', async () => {
  const absent = createQemuRunner({
    initPath: GUEST_INIT_PATH,
    scratchDirectory,
    qemuBinary: 'labsweep-no-qemu',
  });
  const supports = await absent.probe();
  assert.deepEqual(
    supports.map(({ environment, available }) => [environment, available]),
    [
      ['qemu-kvm', false],
      ['qemu-tcg', false],
    ],
  );
  const order = orderOf([], { kernelImage: { path: '/dev/null', release: 'x' } });
  const { outcome } = await absent.run(order, never);
  assert.equal(outcome.failure?.class, 'spawn-failed');
  assert.match(outcome.failure?.message ?? '', /apt-get install qemu-system-x86/);
});

test('the probe finds TCG usable, and an init that is not built is named', async () => {
  const [, tcg] = await runner.probe();
  assert.deepEqual([tcg?.environment, tcg?.available], ['qemu-tcg', true]);
  const initless = createQemuRunner({ initPath: '/nonexistent/init', scratchDirectory });
  for (const { available, reason } of await initless.probe()) {
    assert.equal(available, false);
    assert.match(reason, /\/nonexistent\/init; build it/);
  }
});

test('orders for another environment are a mistake of the programmer', async () => {
  const order = orderOf([], { environment: 'native' });
  await assert.rejects(runner.run(order, never), /native is not QEMU's/);
});

test('the file of the guest init is the one that is built', async () => {
  const magic = (await readFile(GUEST_INIT_PATH)).subarray(0, 4).toString('latin1');
  assert.equal(magic, '\x7fELF');
});
