// SPDX-License-Identifier: Apache-2.0
/** Goal: native trials run pinned, bounded and without traces. Method: real static binaries. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DEFAULT_NATIVE } from '@labsweep/proto';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { readCpuTopology } from '../io/cpu-topology.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { findProcesses } from '../testing/processes.js';
import { waitUntil } from '../testing/wait-until.js';
import { createNativeRunner, TOOLS_DIRECTORY } from './native.js';
import type { Runner } from './runner.js';

/**
 * Prints where it may run, its arguments and its environment; its first argument says how to end.
 */
const CHAMELEON = `
  const char *how = argc > 1 ? argv[1] : "";
  if (!strcmp(how, "exit")) { fputs("no luck\\n", stderr); return 3; }
  if (!strcmp(how, "segv")) raise(SIGSEGV);
  if (!strcmp(how, "hang")) for (;;) pause();
  if (!strcmp(how, "flood")) for (;;) puts("0123456789012345678901234567890123456789");
  if (!strcmp(how, "splinter")) {
    char *pages = mmap(NULL, 12000 << 12, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int page = 0; page < 12000; page += 2) mprotect(pages + (page << 12), 4096, PROT_NONE);
  }
  char line[256], cpus[64] = "?";
  FILE *status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status)) sscanf(line, "Cpus_allowed_list: %63s", cpus);
  extern char **environ;
  int variables = 0;
  while (environ[variables]) variables++;
  const char *mark = getenv("MARK");
  char content[64] = "none";
  FILE *input = fopen("input.dat", "r");
  if (input) fscanf(input, "%63s", content);
  printf("result scenario=s ns=%s cpus=%s variables=%d name=%s mark=%s file=%s policy=%d\\n",
         !strcmp(how, "nan") ? "nan" : "1.5", cpus, variables, argv[0],
         mark ? mark : "none", content, sched_getscheduler(0));
  return 0;`;

let workshop: Workshop;
let binaryPath = '';
let scratchDirectory = '';
let runner: Runner;

before(async () => {
  workshop = await openWorkshop();
  binaryPath = await workshop.compile('chameleon', CHAMELEON);
  scratchDirectory = join(workshop.directory, 'scratch');
  runner = createNativeRunner({ scratchDirectory });
});
after(() => workshop.close());

async function run(words: readonly string[], parts: OrderParts = {}, signal?: AbortSignal) {
  const order = makeOrder({
    environment: 'native',
    ...parts,
    workload: { binaryPath, arguments: words, ...parts.workload },
  });
  const result = await runner.run(order, signal ?? new AbortController().signal);
  assert.deepEqual(await readdir(scratchDirectory).catch(() => []), []);
  return result;
}

test('a good trial is measured, pinned to the last CPU, with a small environment', async () => {
  const { outcome, environment, output } = await run([]);
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.equal(environment, 'native');
  const lastCpu = (await readAllowedCpus('/')).at(-1);
  const { online } = await readCpuTopology('/');
  const sample = outcome.samples[0];
  assert.equal(sample?.values.ns, 1.5);
  assert.equal(sample?.values.cpus, lastCpu);
  assert.equal(sample?.values.variables, 2);
  assert.equal(sample?.texts.name, '../reproducer');
  assert.match(new TextDecoder().decode(output), /^result scenario=s ns=1\.5/);
  const { facts } = outcome;
  assert.equal(facts.kernel_release, release());
  assert.equal(facts.pinned_cpus, String(lastCpu));
  assert.equal(facts.pinned_cpus_end, String(lastCpu));
  assert.equal(facts.smp_by, online.length > 1 ? 'affinity' : 'offline');
  assert.equal(facts.scheduler, 'other');
  assert.equal(facts.numa_node, 'any');
  assert.equal(facts.settle_ms, '0');
  for (const name of ['wall_ms', 'user_ms', 'system_ms']) {
    assert.match(facts[`reproducer_${name}`] ?? '', /^\d+\.\d+$/, name);
  }
  for (const name of ['resolution', 'resolution_end', 'getres']) {
    assert.match(facts[`clock_${name}_ns`] ?? '', /^[1-9]\d*$/, name);
  }
  assert.match(`${facts.voluntary_switches} ${facts.involuntary_switches}`, /^\d+ \d+$/);
  for (const name of [
    'cpu_siblings_busy',
    'clocksource',
    'clocksource_end',
    'tainted_end',
    'thp_enabled',
    'cmdline',
  ]) {
    assert.notEqual(facts[name], undefined, name);
  }
});

test('files lie in the working directory, and variables come on top of the small environment', async () => {
  const path = join(workshop.directory, 'data');
  await writeFile(path, 'hello\n');
  const files = [
    { name: 'input.dat', path },
    { name: 'reproducer', path },
  ];
  const { outcome } = await run([], { workload: { files, variables: { MARK: 'a=b' } } });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  const { texts, values } = outcome.samples[0] ?? {};
  assert.equal(texts?.mark, 'a=b');
  assert.equal(texts?.file, 'hello');
  assert.equal(values?.variables, 3);
});

test('policy, settle time and NUMA node are as asked, and read back', async () => {
  const native = { ...DEFAULT_NATIVE, scheduler: 'batch', settleMs: 300, numaNode: 0 };
  const startedAtMs = performance.now();
  // The settle time is not the reproducer's, so that a short deadline leaves room for it.
  const { outcome } = await run([], { native, deadlineMs: 250 });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.ok(performance.now() - startedAtMs >= 300);
  assert.equal(outcome.facts.scheduler, 'batch');
  assert.equal(outcome.facts.numa_node, '0');
  assert.equal(outcome.facts.settle_ms, '300');
  assert.equal(outcome.samples[0]?.values.policy, 3); // SCHED_BATCH.
});

test('an audit dumps the state of the reproducer, and ends as it does', async () => {
  const { dump, outcome } = await run([], { purpose: 'audit' });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.match(outcome.state?.mappings ?? '', /^\d+$/);
  const text = new TextDecoder().decode(dump);
  for (const section of ['smaps', 'pagemap', 'vmstat', 'status']) {
    assert.match(text, new RegExp(`^== ${section}$`, 'm'));
  }
  assert.match(text, /^Name:\s*reproducer$/m);
  const failed = await run(['exit'], { purpose: 'audit' });
  assert.equal(failed.outcome.failure?.class, 'reproducer-exit', failed.outcome.failure?.message);
  const crashed = await run(['segv'], { purpose: 'audit' });
  assert.equal(crashed.outcome.failure?.class, 'reproducer-signal');
  assert.equal((await run([])).dump, undefined);
});

test('an audit whose dump is cut proves nothing, and keeps what there is', async () => {
  const { dump, outcome } = await run(['splinter'], { purpose: 'audit' });
  assert.equal(outcome.failure?.class, 'record-incomplete', outcome.failure?.message);
  assert.equal(outcome.status, 'lab-failed');
  assert.match(outcome.failure?.message ?? '', /state of the memory that is cut after 4 MiB/);
  assert.ok((dump?.length ?? 0) > 4 * 1024 * 1024);
});

test('CPUs may be named', async () => {
  const first = (await readAllowedCpus('/'))[0];
  const { outcome } = await run([], { native: { ...DEFAULT_NATIVE, cpus: String(first) } });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  assert.equal(outcome.samples[0]?.values.cpus, first);
  assert.equal(outcome.facts.pinned_cpus, String(first));
});

describe('what goes wrong has its class', () => {
  const cases: readonly [string, readonly string[], OrderParts, string, RegExp][] = [
    ['an exit code', ['exit'], {}, 'reproducer-exit', /exited with 3, its last line is 'no luck'/],
    ['a crash', ['segv'], {}, 'reproducer-signal', /SIGSEGV \(11\)/],
    ['no number', ['nan'], {}, 'garbage-output', /ns is 'nan'/],
    ['a hang', ['hang'], { deadlineMs: 300 }, 'deadline', /deadline of 0\.3 s passed while/],
    ['a flood', ['flood'], {}, 'garbage-output', /more than 16 MiB/],
    [
      'more CPUs than there are',
      [],
      { shape: { smp: 4096, memoryMib: 64 } },
      'cpu-mismatch',
      /smp = 4096 was asked for, but this agent may use \d+ CPUs/,
    ],
    [
      'a policy that the kernel does not take',
      [],
      { native: { ...DEFAULT_NATIVE, scheduler: 'fifo:100' } },
      'placement-mismatch',
      /could not be placed as asked: run-pinned: /,
    ],
    [
      'a node that is not there',
      [],
      { native: { ...DEFAULT_NATIVE, numaNode: 77 } },
      'placement-mismatch',
      /numa_node = 77 was asked for, but this host has/,
    ],
    [
      'CPUs that must go offline without permission',
      [],
      { native: { ...DEFAULT_NATIVE, smpBy: 'offline' } },
      'placement-mismatch',
      /cannot be taken offline: .*--may offline-cpus|is fewer/,
    ],
    [
      'another kernel',
      [],
      { kernelImage: { path: '/x', release: '2.6.32' } },
      'kernel-mismatch',
      /kernel 2\.6\.32 was asked for, this host runs/,
    ],
    [
      'a missing binary',
      [],
      { workload: { binaryPath: '/nonexistent/binary' } },
      'artifact-missing',
      /\/nonexistent\/binary/,
    ],
  ];
  for (const [name, words, parts, failureClass, message] of cases) {
    test(`${name}: ${failureClass}`, async () => {
      const { outcome } = await run(words, parts);
      assert.equal(outcome.failure?.class, failureClass, outcome.failure?.message);
      assert.match(outcome.failure?.message ?? '', message);
    });
  }

  test('a file that is no program for this machine: spawn-failed', async () => {
    const foreign = await readFile(binaryPath);
    foreign.writeUInt16LE(foreign.readUInt16LE(18) === 62 ? 183 : 62, 18); // x86-64 and arm64.
    const files: readonly [Uint8Array, RegExp][] = [
      [foreign, /could not be executed: it is an ELF file for another machine/],
      [Buffer.from('echo result ns=1.5\n'), /could not be executed: it is not an ELF file/],
      [Buffer.alloc(0), /could not be executed: it is not an ELF file/],
    ];
    for (const [bytes, message] of files) {
      const path = join(workshop.directory, 'no-program');
      await writeFile(path, bytes);
      const { outcome } = await run([], { workload: { binaryPath: path } });
      assert.equal(outcome.failure?.class, 'spawn-failed', outcome.failure?.message);
      assert.match(outcome.failure?.message ?? '', message);
    }
  });
});

test('the kernel that runs here may be asked for by its release', async () => {
  const { outcome } = await run([], { kernelImage: { path: '/x', release: release() } });
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
});

test('an abort rejects with its reason, and leaves no process and no file', async () => {
  const mark = `mark-${process.pid}`;
  const reason = new Error('lease lost');
  const stopper = new AbortController();
  const trial = run(['hang', mark], {}, stopper.signal);
  await waitUntil('a hanging reproducer', async () => (await findProcesses(mark)).length > 0);
  stopper.abort(reason);
  await assert.rejects(trial, (error) => error === reason);
  assert.deepEqual(await findProcesses(mark), []);
  assert.deepEqual(await readdir(scratchDirectory), []);
});

test('the probe says yes, and clears what a killed agent left', async () => {
  await mkdir(join(scratchDirectory, 'trial-999999999-old'), { recursive: true });
  const [support] = await runner.probe();
  assert.equal(support?.available, true);
  assert.deepEqual(await readdir(scratchDirectory), []);
});

test('without its tools the runner says how to build them', async () => {
  const toolsDirectory = join(workshop.directory, 'no-tools');
  const [support] = await createNativeRunner({ scratchDirectory, toolsDirectory }).probe();
  assert.equal(support?.available, false);
  assert.match(support?.reason ?? '', /run-pinned is missing; build it by `npm run build`/);
  assert.notEqual(toolsDirectory, TOOLS_DIRECTORY);
});
