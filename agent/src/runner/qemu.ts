// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a trial in a QEMU guest: direct boot, our own init, results over a second serial port into a
 * file. It sees to it that no guest and no file is left behind; what the trial was worth is decided
 * by validation.
 */
import { strict as assert } from 'node:assert';
import { access, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { messageOf, type Support } from '@labsweep/proto';
import { readConsole } from '../classify-console.js';
import { failedOutcome } from '../failed-outcome.js';
import { readIfPresent } from '../io/read-if-present.js';
import { removeStaleScratch, withScratch } from '../io/scratch.js';
import { readToolVersion } from '../io/tool-version.js';
import type { Trouble } from '../trial-evidence.js';
import { type Canary, createCanary } from './canary.js';
import { readEmulationFacts } from './emulation-facts.js';
import { guestInitramfs } from './guest-initramfs.js';
import { guestResult } from './guest-result.js';
import { watchGuest } from './guest-watch.js';
import { launchQemu } from './launch-qemu.js';
import { type Accelerator, limitsFor } from './limits.js';
import { kernelGuestArguments } from './qemu-args.js';
import type { Runner, RunResult, TrialOrder } from './runner.js';

export interface QemuOptions {
  /** The guest's static init. */
  readonly initPath: string;
  readonly scratchDirectory: string;
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
}

type Setup = Required<QemuOptions>;

/** Beyond these a file is cut, so that a babbling guest cannot exhaust the agent's memory. */
const CONSOLE_BYTES_MAX = 16 * 1024 * 1024;
const RESULTS_BYTES_MAX = 64 * 1024 * 1024;

export function createQemuRunner(options: QemuOptions): Runner {
  const setup = { qemuBinary: 'qemu-system-x86_64', ...options };
  const canary = createCanary(setup);
  return {
    kind: 'qemu',
    probe: () => probe(setup, canary),
    run: (order, signal) => run({ setup, canary, order, signal }),
    // Each run cleans up behind itself, and none may be under way here.
    close: async () => {},
  };
}

async function probe(setup: Setup, canary: Canary): Promise<readonly Support[]> {
  await removeStaleScratch(setup.scratchDirectory);
  const reason = await findMissingPart(setup);
  if (reason !== undefined) {
    return [
      { environment: 'qemu-kvm', available: false, reason },
      { environment: 'qemu-tcg', available: false, reason },
    ];
  }
  const tcgReason = 'QEMU is installed; its emulation needs nothing of the host';
  return [await canary.probeKvm(), { environment: 'qemu-tcg', available: true, reason: tcgReason }];
}

async function findMissingPart(setup: Setup): Promise<string | undefined> {
  const version = await readToolVersion(setup.qemuBinary);
  if (version === undefined) {
    return `${setup.qemuBinary} does not run; install it by \`apt-get install qemu-system-x86\``;
  }
  return access(setup.initPath).then(
    () => undefined,
    () => `the guest's init is missing at ${setup.initPath}; build it by \`make -C native all\``,
  );
}

interface Run {
  readonly setup: Setup;
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
}

async function run({ canary, ...rest }: Run & { readonly canary: Canary }): Promise<RunResult> {
  const { setup, order, signal } = rest;
  signal.throwIfAborted();
  const accelerator = acceleratorOf(order);
  const kernelPath = order.kernelImage?.path;
  if (kernelPath === undefined) {
    const message = `kernel ${order.kernel} has no image, and QEMU boots nothing without one`;
    return failed(order, { class: 'artifact-missing', message });
  }
  if (accelerator === 'kvm') {
    const message = await canary.confirmKvm(kernelPath, signal);
    if (message !== undefined) return failed(order, { class: 'accelerator-mismatch', message });
  }
  return withScratch(setup.scratchDirectory, (directory) =>
    runGuest({ ...rest, accelerator, kernelPath, directory }),
  );
}

interface GuestRun extends Run {
  readonly accelerator: Accelerator;
  readonly kernelPath: string;
  readonly directory: string;
}

async function runGuest(run: GuestRun): Promise<RunResult> {
  const { order, directory, kernelPath } = run;
  const files = {
    kernelPath,
    initramfsPath: join(directory, 'initramfs'),
    consolePath: join(directory, 'console'),
    resultsPath: join(directory, 'results'),
  };
  const artifacts = await readArtifacts(run);
  if (typeof artifacts === 'string') {
    return failed(order, { class: 'artifact-missing', message: artifacts });
  }
  const { init, binary } = artifacts;
  const program = { binary, arguments: order.workload.arguments };
  await writeFile(files.initramfsPath, guestInitramfs({ init, program }));
  return superviseGuest(run, files);
}

/** Gives what is missing where an artifact of the order cannot be read on this host. */
async function readArtifacts({ setup, order, kernelPath }: GuestRun) {
  try {
    await access(kernelPath);
    return {
      init: await readFile(setup.initPath),
      binary: await readFile(order.workload.binaryPath),
    };
  } catch (error) {
    return messageOf(error);
  }
}

type GuestFiles = Parameters<typeof kernelGuestArguments>[0]['files'];

async function superviseGuest(run: GuestRun, files: GuestFiles): Promise<RunResult> {
  const { setup, order, signal, accelerator, directory } = run;
  const { smp } = order.shape;
  const emulationFacts = await readEmulationFacts(setup.qemuBinary);
  const { bootMs } = limitsFor({ accelerator, smp, hostCpus: availableParallelism() });
  const watch = watchGuest({
    deadlineMs: order.deadlineMs,
    bootMs,
    hasBooted: () => hasBooted(files.consolePath),
  });
  const name = `labsweep-${order.trial}`;
  const { shape, commandLine } = order;
  try {
    const end = await launchQemu({
      qemuBinary: setup.qemuBinary,
      arguments: kernelGuestArguments({ name, accelerator, shape, commandLine, files }),
      workingDirectory: directory,
      stop: watch.stop,
      signal,
    });
    const console = await readIfPresent(files.consolePath, CONSOLE_BYTES_MAX);
    const output = await readIfPresent(files.resultsPath, RESULTS_BYTES_MAX);
    return guestResult({ order, console, output, end, emulationFacts, limit: watch.limit() });
  } finally {
    watch.close();
  }
}

async function hasBooted(consolePath: string): Promise<boolean> {
  const console = await readIfPresent(consolePath, CONSOLE_BYTES_MAX);
  const { stage } = readConsole(new TextDecoder().decode(console));
  return stage !== 'firmware' && stage !== 'boot';
}

function acceleratorOf({ environment }: TrialOrder): Accelerator {
  assert(environment === 'qemu-kvm' || environment === 'qemu-tcg', `${environment} is not QEMU's`);
  return environment === 'qemu-kvm' ? 'kvm' : 'tcg';
}

function failed(order: TrialOrder, failure: Trouble): RunResult {
  return { outcome: failedOutcome(failure), environment: order.environment };
}
