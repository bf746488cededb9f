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
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { findProcesses } from '../testing/processes.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { waitUntil } from '../testing/wait-until.js';
import { createQemuRunner } from './qemu.js';
import type { Runner } from './runner.js';

const CHAMELEON = `
  const char *how = argc > 1 ? argv[1] : "";
  fprintf(stderr, "asked for '%s'\\n", how);
  if (!strcmp(how, "exit")) return 3;
  if (!strcmp(how, "segv")) *(volatile int *)8 = 1;
  if (!strcmp(how, "hang")) for (;;) pause();
  if (!strcmp(how, "crash-kernel")) {
    FILE *trigger = fopen("/proc/sysrq-trigger", "w");
    if (trigger) { fputs("c", trigger); fclose(trigger); }
    sleep(60);
  }
  printf("round scenario=s ns=2.5 unexpected_results=0\\n");
  printf("result scenario=s ns=1.5 unexpected_results=%d\\n", strcmp(how, "wrong") ? 0 : 3);
  return 0;`;

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
    assert.match(outcome.consoleTail, /Linux version 6.*labsweep-init: done/s);
    assert.ok((console?.length ?? 0) >= outcome.consoleTail.length);
    assert.match(new TextDecoder().decode(output), /^LS1 0 .* end frames=\d+\r?\n$/s);
  });

  const cases: readonly [string, readonly string[], OrderParts, string, RegExp][] = [
    [
      'a CPU that the command line takes away',
      [],
      { shape: { smp: 2, memoryMib: 512 }, commandLine: 'maxcpus=1' },
      'cpu-mismatch',
      /smp = 2 was asked for.*\(0\): 1; the spec's own maxcpus=1/,
    ],
    ['noapic', [], { commandLine: 'noapic' }, 'command-line-mismatch', /holds noapic/],
    [
      'another release',
      [],
      { kernelImage: { path: kernel.path, release: '6.12.1' } },
      'kernel-mismatch',
      /kernel 6\.12\.1 was asked for, the guest runs 6\.17/,
    ],
    [
      'a crash',
      ['segv'],
      {},
      'reproducer-signal',
      /SIGSEGV \(11\), its last line is 'asked for 'segv''/,
    ],
    ['an exit code', ['exit'], {}, 'reproducer-exit', /exited with 3/],
    ['a wrong result', ['wrong'], {}, 'unexpected-result', /^unexpected_results == 0, got 3 in/],
    [
      'a hang',
      ['hang'],
      { deadlineMs: 8_000 },
      'deadline',
      /8\.\d s passed while the reproducer ran/,
    ],
    ['a kernel that crashes', ['crash-kernel'], {}, 'panic', /while the reproducer ran/],
    [
      'no init to be found',
      [],
      { commandLine: 'rdinit=/nonexistent' },
      'panic',
      /Kernel panic - not syncing: .* during boot/,
    ],
    [
      // The reproducer becomes PID 1 in place of the init, and hangs there.
      'a boot that never reaches our init',
      [],
      { commandLine: 'rdinit=/labsweep/reproducer -- hang', deadlineMs: 5_000 },
      'boot-stuck',
      /5\.\d s passed during boot, last console line/,
    ],
    [
      'too little memory',
      [],
      { shape: { smp: 1, memoryMib: 32 }, deadlineMs: 4_000 },
      'no-output',
      /before the kernel said a word; check the image, and give the guest more memory/,
    ],
  ];
  for (const [name, words, parts, failureClass, message] of cases) {
    test(`${name}: ${failureClass}`, async () => {
      const { outcome } = await run(words, parts);
      assert.equal(outcome.failure?.class, failureClass, outcome.failure?.message);
      assert.match(outcome.failure?.message ?? '', message);
    });
  }

  test('a reproducer that is no program: spawn-failed', async () => {
    const path = join(workshop.directory, 'no-program');
    await writeFile(path, 'not a program');
    const { outcome } = await run([], { workload: { binaryPath: path } });
    assert.equal(outcome.failure?.class, 'spawn-failed', outcome.failure?.message);
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

test('an order for KVM fails as ours where KVM does not work', async (t) => {
  const [kvm] = await runner.probe();
  if (kvm?.available) return t.skip('NOT TESTED: KVM passes its canary here');
  const image = { path: '/dev/null', release: 'x' };
  const { outcome } = await run([], { environment: 'qemu-kvm', kernelImage: image });
  assert.equal(outcome.status, 'lab-failed');
  assert.deepEqual(outcome.failure, { class: 'accelerator-mismatch', message: kvm?.reason });
});

test('orders for another environment are a mistake of the programmer', async () => {
  const order = orderOf([], { environment: 'native' });
  await assert.rejects(runner.run(order, never), /native is not QEMU's/);
});

test('the file of the guest init is the one that is built', async () => {
  const magic = (await readFile(GUEST_INIT_PATH)).subarray(0, 4).toString('latin1');
  assert.equal(magic, '\x7fELF');
});
