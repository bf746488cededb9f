// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a trial on the kernel that this host is running, pinned to as many CPUs as its shape asks
 * for. The other CPUs stay online: the fact `smp_by` says so. It boots nothing and changes no
 * setting.
 */
import { strict as assert } from 'node:assert';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Support } from '@labsweep/proto';
import { checkKernelRelease } from '../checks/machine-checks.js';
import { failedOutcome } from '../failed-outcome.js';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { whyNotExecutable } from '../io/elf-kind.js';
import { type Facts, readHostTree } from '../io/host-tree.js';
import { runProcess } from '../io/process.js';
import { removeStaleScratch, withScratch } from '../io/scratch.js';
import { readToolVersion } from '../io/tool-version.js';
import type { Trouble } from '../trial-evidence.js';
import { nativeResult, OUTPUT_BYTES_MAX } from './native-result.js';
import type { Runner, RunResult, TrialOrder } from './runner.js';
import { requirementsOf } from './trial-requirements.js';

export interface NativeOptions {
  readonly scratchDirectory: string;
}

export function createNativeRunner(options: NativeOptions): Runner {
  return {
    kind: 'native',
    probe: async () => {
      await removeStaleScratch(options.scratchDirectory);
      return [await probe()];
    },
    run: (order, signal) => run({ ...options, order, signal }),
    // Each run cleans up behind itself, and none may be under way here.
    close: async () => {},
  };
}

async function probe(): Promise<Support> {
  const version = await readToolVersion('taskset');
  return version === undefined
    ? {
        environment: 'native',
        available: false,
        reason: 'taskset does not run; install it by `apt-get install util-linux`',
      }
    : { environment: 'native', available: true, reason: 'runs on the booted kernel, pinned' };
}

interface Run extends NativeOptions {
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
}

async function run({ scratchDirectory, order, signal }: Run): Promise<RunResult> {
  assert.equal(order.environment, 'native', `${order.environment} is not for the native runner`);
  signal.throwIfAborted();
  const facts = await readHostTree('/');
  const allowed = await readAllowedCpus('/');
  const obstacle = findWrongKernel(order, facts) ?? findMissingCpus(order, allowed);
  if (obstacle !== undefined) return failed(order, obstacle);
  const cpus = chooseCpus(allowed, order.shape.smp);
  return withScratch(scratchDirectory, async (directory) => {
    const problem = await copyReproducer(order, directory);
    if (problem !== undefined) return failed(order, problem);
    const end = await runProcess({
      command: 'taskset',
      arguments: ['--cpu-list', cpus.join(','), ...reproducerCommand(order)],
      workingDirectory: directory,
      outputBytesMax: OUTPUT_BYTES_MAX,
      stop: AbortSignal.timeout(order.deadlineMs),
      signal,
    });
    const before = { ...facts, pinned_cpus: cpus.join(','), smp_by: 'affinity' };
    return nativeResult({ order, end, facts: { ...before, ...(await readEndFacts()) } });
  });
}

/** Found before anything runs, since a run on the wrong kernel is of no use to anybody. */
function findWrongKernel(order: TrialOrder, facts: Facts): Trouble | undefined {
  const transcript = { facts, stdout: [], stderr: [], complete: false };
  return checkKernelRelease(requirementsOf(order), { transcript });
}

function findMissingCpus(order: TrialOrder, allowed: readonly number[]): Trouble | undefined {
  const { smp } = order.shape;
  if (smp <= allowed.length) return undefined;
  return {
    class: 'cpu-mismatch',
    message:
      `smp = ${smp} was asked for, but this agent may use ${allowed.length} CPUs ` +
      `(${allowed.join(',')}); ask for fewer, or use a larger host`,
  };
}

/** From the end of the list: CPU 0 takes most interrupts and housekeeping of a Linux machine. */
export function chooseCpus(allowed: readonly number[], smp: number): readonly number[] {
  return allowed.slice(allowed.length - smp);
}

/** The same name on every host: the length of argv and environment moves the stack about. */
const REPRODUCER = './reproducer';

/** A small environment that is the same everywhere, for the same reason. */
function reproducerCommand(order: TrialOrder): string[] {
  const environment = ['PATH=/bin:/usr/bin', 'LC_ALL=C'];
  return ['env', '--ignore-environment', ...environment, REPRODUCER, ...order.workload.arguments];
}

async function copyReproducer(order: TrialOrder, directory: string): Promise<Trouble | undefined> {
  const path = join(directory, REPRODUCER);
  try {
    await copyFile(order.workload.binaryPath, path);
  } catch (error) {
    return { class: 'artifact-missing', message: messageOf(error) };
  }
  await chmod(path, 0o755);
  const reason = await whyNotExecutable(path);
  if (reason === undefined) return undefined;
  const message = `the reproducer could not be executed: ${reason}; build it for this machine`;
  return { class: 'spawn-failed', message };
}

/** What may have moved while the reproducer ran. */
async function readEndFacts(): Promise<Facts> {
  const facts = await readHostTree('/');
  const names = ['clocksource', 'tainted', 'online_cpus', 'governor', 'steal_ticks', 'loadavg'];
  return Object.fromEntries(names.map((name) => [`${name}_end`, facts[name] ?? '']));
}

function failed(order: TrialOrder, failure: Trouble): RunResult {
  return { outcome: failedOutcome(failure), environment: order.environment };
}
