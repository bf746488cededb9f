// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a guest's machine is built as the spec says, and its own record proves it; a trial has the
 * purpose that was asked. Method: QEMU under TCG boots a real Debian kernel on each kind of
 * machine.
 */
import assert from 'node:assert/strict';
import { access, constants, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_GUEST, type GuestSettings } from '@labsweep/proto';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { CHAMELEON } from '../testing/chameleon.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { createQemuRunner } from './qemu.js';
import type { Runner } from './runner.js';

const kernel = await findTestKernel();
const never = new AbortController().signal;
const allowedCpus = await readAllowedCpus('/');

let workshop: Workshop;
let binaryPath = '';
let scratchDirectory = '';
let runner: Runner;

before(async () => {
  workshop = await openWorkshop();
  binaryPath = await workshop.compile('chameleon', CHAMELEON);
  scratchDirectory = join(workshop.directory, 'scratch');
  runner = createQemuRunner({ initPath: GUEST_INIT_PATH, scratchDirectory });
});
after(() => workshop.close());

async function run(parts: OrderParts) {
  const environment = 'qemu-tcg';
  const workload = { binaryPath, ...parts.workload };
  const order = makeOrder({ environment, kernelImage: kernel, ...parts, workload });
  const result = await runner.run(order, never);
  assert.deepEqual(await readdir(scratchDirectory), []);
  return result;
}

async function factsOf(settings: Partial<GuestSettings>, parts: OrderParts = {}) {
  const { outcome } = await run({ ...parts, guest: { ...DEFAULT_GUEST, ...settings } });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  return outcome.facts;
}

const SKIP = { skip: kernel.skip };

test('a PC of the older kind is what QEMU says it built', SKIP, async () => {
  assert.match((await factsOf({ machine: 'pc' })).machine_type ?? '', /^pc-i440fx-/);
});

/** Now and then an emulated boot sticks where it looks for a clock, and must say so. */
const MICROVM_TRIES_MAX = 6;

test('a microvm runs, and its stuck boots are ours', SKIP, async (t) => {
  const guest = { ...DEFAULT_GUEST, machine: 'microvm' } as const;
  for (let tries = 1; tries <= MICROVM_TRIES_MAX; tries++) {
    const { outcome } = await run({ guest, deadlineMs: 8_000 });
    t.diagnostic(`boot ${tries} of a microvm: ${outcome.failure?.message ?? 'measured'}`);
    if (outcome.status === 'measured') {
      assert.equal(outcome.facts.machine_type, 'microvm-machine');
      return;
    }
    assert.equal(outcome.status, 'lab-failed', outcome.failure?.message);
  }
  assert.fail(`no boot of ${MICROVM_TRIES_MAX} came through`);
});

test('the CPU model is the one that is asked for', SKIP, async () => {
  const facts = await factsOf({ cpuModel: 'EPYC-v1' });
  assert.match(facts.cpu_model ?? '', /^AMD EPYC Processor/);
});

test('a guest of two NUMA nodes has them', SKIP, async () => {
  const facts = await factsOf({ numaNodes: 2 }, { shape: { smp: 2, memoryMib: 512 } });
  assert.equal(facts.numa_nodes, '0-1');
  assert.equal(facts.memory_backends_mib, '256 256');
  assert.equal(facts.memory_configured_bytes, String(512 * 1024 * 1024));
});

test('preallocated memory is there before the guest runs', SKIP, async () => {
  const facts = await factsOf({ preallocate: true });
  assert.deepEqual([facts.memory_preallocated, facts.memory_huge_pages], ['yes', 'no']);
});

const HUGE_PAGES = '/proc/sys/vm/nr_hugepages';
const HUGE_GUEST = {
  guest: { ...DEFAULT_GUEST, hugePages: true },
  shape: { smp: 1, memoryMib: 256 },
};
const HUGE_PAGES_NEEDED = 128;

async function hugePagesAreFree(): Promise<boolean> {
  return /^HugePages_Free: +[1-9]/m.test(await readFile('/proc/meminfo', 'utf8'));
}

test('without huge pages on the host the command that reserves them is told', SKIP, async (t) => {
  if (await hugePagesAreFree()) return t.skip('NOT TESTED: this machine has huge pages to give');
  const { outcome } = await run(HUGE_GUEST);
  assert.equal(outcome.status, 'lab-failed');
  assert.equal(outcome.failure?.class, 'spawn-failed');
  assert.match(outcome.failure?.message ?? '', /sysctl vm\.nr_hugepages=128/);
  t.diagnostic(`spawn-failed: ${outcome.failure?.message}`);
});

test('a guest on huge pages of the host says so', SKIP, async (t) => {
  const problem = await access(HUGE_PAGES, constants.W_OK).catch(String);
  if (problem !== undefined) return t.skip(`NOT TESTED: cannot reserve huge pages: ${problem}`);
  const before = (await readFile(HUGE_PAGES, 'utf8')).trim();
  await writeFile(HUGE_PAGES, String(Number(before) + HUGE_PAGES_NEEDED));
  try {
    const reserved = Number(await readFile(HUGE_PAGES, 'utf8')) - Number(before);
    if (reserved < HUGE_PAGES_NEEDED) return t.skip(`NOT TESTED: only ${reserved} pages to be had`);
    const { outcome } = await run(HUGE_GUEST);
    assert.equal(outcome.status, 'measured', outcome.failure?.message);
    assert.equal(outcome.facts.memory_huge_pages, 'yes');
    assert.equal(outcome.facts.memory_preallocated, 'yes');
  } finally {
    await writeFile(HUGE_PAGES, before);
  }
});

test('features that the emulator leaves out of a CPU model are on record', SKIP, async () => {
  const whole = await factsOf({});
  assert.equal(whole.cpu_features_dropped, 'none');
  const { cpu_features_dropped: dropped } = await factsOf({ cpuModel: 'Skylake-Client' });
  // Transactional memory is nothing that QEMU has ever emulated.
  assert.match(dropped ?? '', /(^| )(hle|rtm)( |$)/);
});

test('each vCPU has a CPU of its own, and the record shows which', SKIP, async (t) => {
  if (allowedCpus.length < 2) return t.skip('NOT TESTED: this machine has one CPU');
  const facts = await factsOf({}, { shape: { smp: 1, memoryMib: 512 } });
  const [vcpu = '', emulator = ''] = [facts.vcpu_map, facts.emulator_cpus];
  assert.match(vcpu, /^0:\d+$/);
  assert.notEqual(vcpu.slice(2), emulator);
  assert.equal(facts.overcommit, 'none');
});

test('more vCPUs than CPUs run where the spec allows it, and say so', SKIP, async () => {
  const smp = allowedCpus.length + 1;
  const parts = { shape: { smp, memoryMib: 512 }, deadlineMs: 60_000 };
  const facts = await factsOf({ overcommit: true }, parts);
  assert.equal(facts.overcommit, `${smp}/${allowedCpus.length}`);
  assert.equal(facts.online_cpus, String(smp));
});

const MAP = `
  char *page = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  memset(page, 1, 2 << 20);
  mprotect(page, 4 << 20, PROT_READ);
  puts("result scenario=s ns=1.5");
  return page == MAP_FAILED;`;

test('an audit brings the state of the memory, and its dump', SKIP, async () => {
  const workload = { binaryPath: await workshop.compile('map', MAP) };
  const { outcome, dump } = await run({ purpose: 'audit', workload });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.equal(outcome.state?.mappings, '1');
  assert.equal(outcome.state['mapping1.kind'], 'shared-anonymous');
  assert.equal(outcome.state['mapping1.permissions'], 'r--s');
  assert.equal(outcome.state['mapping1.size_kb'], '4096');
  assert.equal(outcome.state['mapping1.present_pages'], '512');
  assert.equal(outcome.state['mapping1.dirty_kb'], '2048');
  assert.equal(outcome.state['mapping1.anonymous_kb'], '0');
  assert.match(new TextDecoder().decode(dump), /^== smaps\n.*== pagemap\n.*== vmstat\n/s);
});

test('an attribution counts the calls of kernel functions', SKIP, async () => {
  const workload = { binaryPath: await workshop.compile('map', MAP) };
  const functions = ['do_mprotect_pkey', 'labsweep_nonsense'];
  const { outcome, dump } = await run({ purpose: 'attribution', functions, workload });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.equal(outcome.profile?.length, 1);
  assert.equal(outcome.profile[0]?.name, 'do_mprotect_pkey');
  assert.ok((outcome.profile[0]?.hits ?? 0) >= 1);
  assert.equal(outcome.facts.attribution, 'available');
  assert.equal(outcome.facts.attribution_absent_functions, 'labsweep_nonsense');
  assert.ok((dump?.length ?? 0) > 0);
});
