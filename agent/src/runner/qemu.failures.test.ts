// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: each way in which a real guest can fail has its class, says what was seen, and brings the
 * end of its console. Method: QEMU under TCG boots a real Debian kernel with a reproducer or a
 * command line that brings about one failure each; nothing is imitated.
 */
import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { access, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_GUEST, type FailureClass } from '@labsweep/proto';
import { CONSOLE_TAIL_BYTES_MAX } from '../console-tail.js';
import { KernelUnpacker } from '../io/kernel-unpack.js';
import { CHAMELEON } from '../testing/chameleon.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { findProcesses } from '../testing/processes.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { waitUntil } from '../testing/wait-until.js';
import { createQemuRunner } from './qemu.js';
import type { Runner } from './runner.js';

const kernel = await findTestKernel();
const never = new AbortController().signal;

let workshop: Workshop;
let binaryPath = '';
let scratchDirectory = '';
let kernelDirectory = '';
let runner: Runner;

before(async () => {
  workshop = await openWorkshop();
  binaryPath = await workshop.compile('chameleon', CHAMELEON);
  scratchDirectory = join(workshop.directory, 'scratch');
  kernelDirectory = join(workshop.directory, 'kernels');
  runner = createQemuRunner({ initPath: GUEST_INIT_PATH, scratchDirectory, kernelDirectory });
});
after(() => workshop.close());

async function run(words: readonly string[], parts: OrderParts = {}) {
  const order = makeOrder({
    environment: 'qemu-tcg',
    kernelImage: kernel,
    ...parts,
    workload: { binaryPath, arguments: words, ...parts.workload },
  });
  const { outcome } = await runner.run(order, never);
  assert.deepEqual(await readdir(scratchDirectory), []);
  return outcome;
}

interface Case {
  readonly title: string;
  readonly words?: readonly string[];
  readonly parts?: OrderParts;
  readonly expect: FailureClass;
  readonly message: RegExp;
  /** What the end of the console must show; the kernel's banner unless said otherwise. */
  readonly console?: RegExp;
}

const TWO_CPUS = { smp: 2, memoryMib: 512 };

const CASES: readonly Case[] = [
  {
    title: 'a CPU model that QEMU does not have',
    parts: { guest: { ...DEFAULT_GUEST, cpuModel: 'i4004' } },
    expect: 'spawn-failed',
    message: /refused to run: unable to find CPU model 'i4004'/,
    console: /^$/,
  },
  {
    title: 'too little memory for the kernel',
    parts: { shape: { smp: 1, memoryMib: 32 } },
    expect: 'memory-mismatch',
    message: /memory_mib = 32 cannot hold the kernel 6\..* ends at \d+ MiB.*write memory_mib = \d+/,
    console: /^$/,
  },
  {
    title: 'a kernel that waits for its root for ever',
    parts: { commandLine: 'rdinit=/none root=/dev/none rootwait loglevel=7', deadlineMs: 9_000 },
    expect: 'boot-stuck',
    message: /9\.\d s passed during boot, last console line '/,
    console: /Linux version .*Waiting for root device \/dev\/none/s,
  },
  {
    title: 'a kernel that finds no root',
    parts: { commandLine: 'rdinit=/none' },
    expect: 'panic',
    message: /'Kernel panic - not syncing: .*' during boot/,
    console: /Linux version .*Kernel panic - not syncing/s,
  },
  {
    title: 'a kernel that crashes while the reproducer runs',
    words: ['sysrq', 'c'],
    expect: 'panic',
    message: /'Kernel panic - not syncing: sysrq triggered crash' while the reproducer ran/,
  },
  {
    title: 'more output than a guest keeps, behind a good result',
    words: ['flood'],
    parts: { deadlineMs: 60_000 },
    expect: 'garbage-output',
    message: /printed more than the 16 MiB that a guest keeps \(bytes kept: stdout=16\d{6} stderr/,
  },
  {
    title: 'maxcpus=1',
    parts: { shape: TWO_CPUS, commandLine: 'maxcpus=1' },
    expect: 'cpu-mismatch',
    message: /smp = 2 was asked for.*\(0\): 1; the spec's own maxcpus=1/,
  },
  {
    title: 'nolapic',
    parts: { shape: TWO_CPUS, commandLine: 'nolapic' },
    expect: 'cpu-mismatch',
    message: /smp = 2 was asked for.*\(0\): 1; the spec's own nolapic/,
  },
  {
    title: 'noapic',
    parts: { commandLine: 'noapic' },
    expect: 'command-line-mismatch',
    message: /holds noapic/,
  },
  {
    title: 'a kernel that is told to use less memory',
    parts: { commandLine: 'mem=256M' },
    expect: 'memory-mismatch',
    message: /memory = 512 MiB was asked for.* 2\d\d MiB; the spec's own mem=256M limits it/,
  },
  {
    title: 'another release',
    parts: { kernelImage: { path: kernel.path, release: '6.12.1' } },
    expect: 'kernel-mismatch',
    message: /kernel 6\.12\.1 was asked for, the guest runs 6\.17/,
  },
  {
    title: 'more arguments than the init takes',
    words: Array.from({ length: 600 }, () => 'word'),
    expect: 'init-failed',
    message: /the guest's init gave up: reading \/labsweep\/argv: it has more than 512 strings/,
  },
  { title: 'an exit code', words: ['exit'], expect: 'reproducer-exit', message: /exited with 3/ },
  {
    title: 'a crash of the reproducer',
    words: ['segv'],
    expect: 'reproducer-signal',
    message: /SIGSEGV \(11\), its last line is 'asked for 'segv''/,
  },
  {
    title: 'output without numbers',
    words: ['garbage'],
    expect: 'garbage-output',
    message: /result/,
  },
  {
    title: 'a wrong result',
    words: ['wrong'],
    parts: {
      workload: { expectations: [{ metric: 'unexpected_results', operator: '==', value: 0 }] },
    },
    expect: 'unexpected-result',
    message: /^unexpected_results == 0, got 3 in/,
  },
  {
    title: 'a hang',
    words: ['hang'],
    parts: { deadlineMs: 9_000 },
    expect: 'deadline',
    message: /9\.\d s passed while the reproducer ran/,
  },
  {
    title: 'a reset',
    words: ['sysrq', 'b'],
    expect: 'reset',
    message: /the guest reset \(guest-reset\) while the reproducer ran, without a panic/,
  },
  {
    title: 'a machine that is switched off in mid-run',
    words: ['power-off'],
    expect: 'truncated',
    message: /went away \(guest-shutdown\) while the reproducer ran, without the end frame/,
  },
  {
    title: 'more vCPUs than CPUs',
    parts: { shape: { smp: 4096, memoryMib: 512 } },
    expect: 'placement-mismatch',
    message: /smp = 4096 needs as many CPUs, and this agent may use \d+ .*overcommit = true/,
    console: /^$/,
  },
];

for (const { title, words = [], parts = {}, expect, message, console } of CASES) {
  test(`${title}: ${expect}`, { skip: kernel.skip }, async (t) => {
    const outcome = await run(words, parts);
    assert.equal(outcome.failure?.class, expect, outcome.failure?.message);
    assert.match(outcome.failure?.message ?? '', message);
    assert.match(outcome.consoleTail, console ?? /Linux version 6\./);
    t.diagnostic(`${expect}: ${outcome.failure?.message}`);
  });
}

test('a reproducer that is no program: spawn-failed', { skip: kernel.skip }, async () => {
  const path = join(workshop.directory, 'no-program');
  await writeFile(path, 'not a program');
  const outcome = await run([], { workload: { binaryPath: path } });
  assert.equal(outcome.failure?.class, 'spawn-failed', outcome.failure?.message);
});

test('a QEMU that is killed in mid-run: truncated', { skip: kernel.skip }, async () => {
  const trial = `kill-${process.pid}/r1/k`;
  const running = run(['hang'], { trial });
  let guests: number[] = [];
  await waitUntil('a guest', async () => {
    guests = await findProcesses(`labsweep-${trial}`);
    const folder = (await readdir(scratchDirectory))[0] ?? '';
    const path = join(scratchDirectory, folder, 'console');
    return (await readFile(path, 'utf8').catch(() => '')).includes('labsweep-init: running');
  });
  for (const guest of guests) process.kill(guest, 'SIGKILL');
  const outcome = await running;
  assert.equal(outcome.failure?.class, 'truncated', outcome.failure?.message);
  assert.match(outcome.failure?.message ?? '', /was killed by SIGKILL/);
  assert.equal(outcome.status, 'lab-failed');
});

test('the end of a long console is kept, and no more than that', {
  skip: kernel.skip,
}, async () => {
  const { consoleTail, failure } = await run(['babble'], { commandLine: 'printk.devkmsg=on' });
  assert.equal(failure, undefined);
  assert.ok(consoleTail.length <= CONSOLE_TAIL_BYTES_MAX);
  // The carriage returns are left out, and the first line that is not whole.
  assert.ok(consoleTail.length > 0.95 * CONSOLE_TAIL_BYTES_MAX);
  assert.match(consoleTail, /babble 1999 .*labsweep-init: done/s);
});

/**
 * Debian's kernels have no test module that oopses, so the kernel itself is broken: two bytes that
 * are no instruction go into one system call of the unpacked image, which lies where the running
 * kernel says it does, since nothing moves it in a PVH boot.
 */
test('a kernel that trips over itself and goes on: oops', { skip: kernel.skip }, async (t) => {
  const found = await run(['symbol', '__x64_sys_personality'], { commandLine: 'kptr_restrict=0' });
  const address = found.samples.at(-1)?.texts.symbol?.slice(1) ?? '';
  assert.match(address, /^ffffffff8[0-9a-f]{7}$/);
  const unpacked = await new KernelUnpacker(kernelDirectory).unpack(kernel.path);
  assert.ok('path' in unpacked);
  const image = await readFile(unpacked.path);
  // Behind the landing mark and the hook of the function tracer, which the kernel checks at boot.
  const offset = fileOffset(image, BigInt(`0x${address}`)) + ENDBR_BYTES + CALL_BYTES;
  image.set([0x0f, 0x0b], offset);
  const path = join(workshop.directory, 'broken-kernel');
  await writeFile(path, image);
  const outcome = await run(['syscall', '135'], { kernelImage: { ...kernel, path } });
  assert.equal(outcome.failure?.class, 'oops', outcome.failure?.message);
  assert.match(outcome.failure?.message ?? '', /'Oops: invalid opcode.*while the reproducer ran/);
  assert.equal(outcome.status, 'subject-failed');
  assert.equal(Number(outcome.facts.tainted_end) & 128, 128);
  t.diagnostic(`oops: ${outcome.failure?.message}`);
});

/** The entry of a PVH boot, at the address in its note, becomes a jump to itself. */
test('a kernel that does not say a word: no-output', { skip: kernel.skip }, async () => {
  const unpacked = await new KernelUnpacker(kernelDirectory).unpack(kernel.path);
  assert.ok('path' in unpacked);
  const image = await readFile(unpacked.path);
  const note = image.indexOf(Buffer.from([18, 0, 0, 0, ...Buffer.from('Xen\0')]));
  assert.ok(note > 0);
  const entry = BigInt(image.readUInt32LE(note + 8));
  image.set([0xeb, 0xfe], fileOffset(image, entry, PHYSICAL));
  const path = join(workshop.directory, 'silent-kernel');
  await writeFile(path, image);
  const parts = { kernelImage: { ...kernel, path }, deadlineMs: 4_000 };
  const { failure, consoleTail } = await run([], parts);
  assert.equal(failure?.class, 'no-output', failure?.message);
  assert.match(
    failure.message,
    /before the kernel said a word; check the image, and give the guest more memory/,
  );
  assert.equal(consoleTail, '');
});

/** Offsets of the two addresses in an entry of the program header. */
const [VIRTUAL, PHYSICAL] = [16, 24];
const ENDBR_BYTES = 4;
const CALL_BYTES = 5;

/** Where an address of the kernel lies in its ELF file. */
function fileOffset(image: Buffer, address: bigint, kind = VIRTUAL): number {
  const start = Number(image.readBigUInt64LE(0x20));
  const count = image.readUInt16LE(0x38);
  for (let index = 0; index < count; index++) {
    const entry = start + index * image.readUInt16LE(0x36);
    const [offset, base] = [image.readBigUInt64LE(entry + 8), image.readBigUInt64LE(entry + kind)];
    const bytes = image.readBigUInt64LE(entry + 0x20);
    if (address >= base && address < base + bytes) return Number(address - base + offset);
  }
  throw new Error(`no segment holds ${address.toString(16)}`);
}

/** A folder with our own programs, in which one may then be another. */
async function copyTools(name: string): Promise<string> {
  const directory = join(workshop.directory, name);
  await mkdir(directory);
  for (const part of ['init', 'pin', 'audit']) {
    await copyFile(join(dirname(GUEST_INIT_PATH), part), join(directory, part));
  }
  return directory;
}

/** A folder with the parts of `native/`, of which one is replaced by a script. */
async function withTool(name: string, script: string): Promise<string> {
  const directory = await copyTools(`with-${name}`);
  await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return join(directory, 'init');
}

/** An init like ours in all but one word: the fact has another name, so the record lacks it. */
async function makeForgetfulInit(): Promise<string> {
  const text = await readFile(GUEST_INIT_PATH, 'latin1');
  assert.ok(text.includes('thp_enabled\0'), 'the init reports thp_enabled');
  const initPath = join(await copyTools('forgetful'), 'init');
  await writeFile(initPath, text.replaceAll('thp_enabled\0', 'thp_forgets\0'), 'latin1');
  return initPath;
}

test('an init that leaves out a fact: record-incomplete', { skip: kernel.skip }, async () => {
  const forgetful = createQemuRunner({
    initPath: await makeForgetfulInit(),
    scratchDirectory,
    kernelDirectory,
  });
  const { outcome } = await forgetful.run(
    makeOrder({
      environment: 'qemu-tcg',
      kernelImage: kernel,
      workload: { binaryPath, arguments: ['result', 'ns=1'] },
    }),
    never,
  );
  assert.equal(outcome.failure?.class, 'record-incomplete');
  assert.equal(outcome.status, 'lab-failed');
  assert.match(outcome.failure?.message ?? '', /lacks .*thp_enabled.*rebuild the init/);
  assert.match(outcome.consoleTail, /Linux version/);
});

test('threads that cannot be placed: placement-mismatch', { skip: kernel.skip }, async () => {
  const initPath = await withTool('pin', 'echo "pin: thread 7: no" >&2; exit 1');
  const unplaced = createQemuRunner({ initPath, scratchDirectory, kernelDirectory });
  const order = makeOrder({
    environment: 'qemu-tcg',
    kernelImage: kernel,
    workload: { binaryPath },
  });
  const { failure, facts } = (await unplaced.run(order, never)).outcome;
  assert.equal(failure?.class, 'placement-mismatch');
  assert.match(failure.message, /could not be put on their CPUs: pin: thread 7: no/);
  assert.match(facts.machine_type ?? '', /^pc-q35-/);
});

async function makeQemu(name: string, script: string): Promise<Runner> {
  const qemuBinary = join(workshop.directory, name);
  await writeFile(qemuBinary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const initPath = GUEST_INIT_PATH;
  return createQemuRunner({ initPath, scratchDirectory, kernelDirectory, qemuBinary });
}

test('one thread that plays all vCPUs is found out: placement-mismatch', async (t) => {
  if (kernel.skip) return t.skip(kernel.skip);
  const single = await makeQemu(
    'single-threaded',
    `for word; do shift; case "$word" in *,accel=tcg) word="\${word%,accel=tcg}";; esac
    set -- "$@" "$word"; done
    exec qemu-system-x86_64 "$@" -accel tcg,thread=single`,
  );
  const order = makeOrder({
    environment: 'qemu-tcg',
    kernelImage: kernel,
    shape: TWO_CPUS,
    workload: { binaryPath },
  });
  const { failure, facts } = (await single.run(order, never)).outcome;
  assert.equal(facts.vcpu_threads, 'one for all');
  assert.match(facts.vcpu_map ?? '', /^0:(\d+) 1:\1$/);
  assert.equal(failure?.class, 'placement-mismatch', failure?.message);
  assert.match(failure.message, /vCPUs shared CPUs \(2\/1\)/);
});

/** Emulation in the place of KVM, and the best CPU that it has in that of the host's. */
const EMULATES = `for word; do shift; case "$word" in
    *,accel=kvm) word="\${word%,accel=kvm},accel=tcg";;
    host,migratable=off) word=max;;
    esac; set -- "$@" "$word"; done
    exec qemu-system-x86_64 "$@"`;

test('a QEMU that emulates in secret is found out: accelerator-mismatch', async (t) => {
  if (kernel.skip) return t.skip(kernel.skip);
  const isThere = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) return t.skip('NOT TESTED: without /dev/kvm no guest is asked for under it');
  const secret = await makeQemu('emulates', EMULATES);
  const order = makeOrder({
    environment: 'qemu-kvm',
    kernelImage: kernel,
    deadlineMs: 60_000,
    workload: { binaryPath },
  });
  // The canaries boot, since they too are emulated: only QEMU's own word tells.
  const supports = await secret.probe();
  assert.equal(supports.find(({ environment }) => environment === 'qemu-kvm')?.available, true);
  const { status, failure, facts } = (await secret.run(order, never)).outcome;
  assert.equal(facts.accelerator, 'tcg');
  assert.equal(failure?.class, 'accelerator-mismatch', failure?.message);
  assert.match(failure.message, /^kvm was asked for, and QEMU uses tcg/);
  assert.equal(status, 'lab-failed');
});

test('a program that is no QEMU: spawn-failed', { skip: kernel.skip }, async () => {
  const order = makeOrder({
    environment: 'qemu-tcg',
    kernelImage: kernel,
    workload: { binaryPath },
  });
  const { outcome } = await (await makeQemu('silent', 'exit 0')).run(order, never);
  assert.equal(outcome.failure?.class, 'spawn-failed');
  assert.match(outcome.failure.message, /ended before it could be spoken to/);
});

test('KVM that does not work: accelerator-mismatch', { skip: kernel.skip }, async (t) => {
  const outcome = await run([], { environment: 'qemu-kvm' });
  if (outcome.status === 'measured') return t.skip('NOT TESTED: KVM works on this machine');
  assert.equal(outcome.failure?.class, 'accelerator-mismatch', outcome.failure?.message);
  assert.equal(outcome.status, 'lab-failed');
  t.diagnostic(`accelerator-mismatch: ${outcome.failure?.message}`);
});
