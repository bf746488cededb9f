// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a trial in a QEMU guest: direct boot, our own init, results over a second serial port into a
 * file. It sees to it that no guest and no file is left behind; what the trial was worth is decided
 * by validation.
 */
import { strict as assert } from 'node:assert';
import { access, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, type Support } from '@labsweep/proto';
import { readConsole } from '../classify-console.js';
import { formatCpuList } from '../cpu-list.js';
import { failedOutcome } from '../failed-outcome.js';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { readCpuTopology } from '../io/cpu-topology.js';
import { KernelUnpacker, type UnpackedKernel } from '../io/kernel-unpack.js';
import { readIfPresent } from '../io/read-if-present.js';
import { removeStaleScratch, withScratch } from '../io/scratch.js';
import { readToolVersion } from '../io/tool-version.js';
import type { Trouble } from '../trial-evidence.js';
import { type BootPlan, planBoot } from './boot-plan.js';
import { type Canary, createCanary } from './canary.js';
import { readEmulationFacts } from './emulation-facts.js';
import { findQboot } from './find-qboot.js';
import { GuestImages } from './guest-image.js';
import { runMachine } from './guest-machine.js';
import { guestResult } from './guest-result.js';
import { type BootProgress, type GuestWatch, watchGuest } from './guest-watch.js';
import { type Accelerator, limitsFor, QMP_LIMITS } from './limits.js';
import { findTooLittleMemory } from './memory-need.js';
import { type GuestFiles, guestFilesIn, kernelGuestArguments } from './qemu-args.js';
import type { PlacedRunner, RunResult, TrialOrder } from './runner.js';
import { type Placement, placeVcpus, type VcpuHost } from './vcpu-placement.js';

export interface QemuOptions {
  /** The guest's static init; the other programs of `native/` lie beside it. */
  readonly initPath: string;
  readonly scratchDirectory: string;
  /** Where unpacked kernels are kept; several agents may share it. */
  readonly kernelDirectory?: string;
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
}

/** Beyond these a file is cut, so that a babbling guest cannot exhaust the agent's memory. */
const CONSOLE_BYTES_MAX = 16 * 1024 * 1024;
const RESULTS_BYTES_MAX = 64 * 1024 * 1024;

export function createQemuRunner(options: QemuOptions): PlacedRunner {
  const lab = openLab(options);
  return {
    kind: 'qemu',
    probe: () => probe(lab),
    run: (order, signal) => runTrial({ lab, order, signal }),
    // What disturbs is what takes time from the vCPUs; QEMU's other threads only pass data on.
    cpusFor: async (order) => {
      const placement = placeOrder(order, await readCpuTopology('/'));
      const cpus = 'class' in placement ? [] : placement.vcpus.flat();
      return [...new Set(cpus)].sort((a, b) => a - b);
    },
    // Each run cleans up behind itself, and none may be under way here.
    close: async () => {},
  };
}

/** What the trials of one agent share; it only remembers, so that no trial waits for it again. */
interface Lab extends Required<QemuOptions> {
  readonly canary: Canary;
  readonly kernels: KernelUnpacker;
  readonly images: GuestImages;
  qbootPath(): Promise<string | undefined>;
  /** A program of `native/`. */
  tool(name: 'pin' | 'audit' | 'attribution'): string;
}

function openLab(options: QemuOptions): Lab {
  const kernelDirectory = join(dirname(options.scratchDirectory), 'unpacked-kernels');
  const setup = { qemuBinary: 'qemu-system-x86_64', kernelDirectory, ...options };
  let qbootPath: Promise<string | undefined> | undefined;
  return {
    ...setup,
    canary: createCanary(setup),
    kernels: new KernelUnpacker(setup.kernelDirectory),
    images: new GuestImages(),
    qbootPath: () => {
      qbootPath ??= findQboot(setup.qemuBinary);
      return qbootPath;
    },
    tool: (name) => join(dirname(setup.initPath), name),
  };
}

async function probe(lab: Lab): Promise<readonly Support[]> {
  await removeStaleScratch(lab.scratchDirectory);
  const reason = await findMissingPart(lab);
  if (reason !== undefined) {
    return [
      { environment: 'qemu-kvm', available: false, reason },
      { environment: 'qemu-tcg', available: false, reason },
    ];
  }
  const tcgReason = 'QEMU is installed; its emulation needs nothing of the host';
  const kvm = await lab.canary.probeKvm();
  return [kvm, { environment: 'qemu-tcg', available: true, reason: tcgReason }];
}

async function findMissingPart(lab: Lab): Promise<string | undefined> {
  const version = await readToolVersion(lab.qemuBinary);
  if (version === undefined) {
    return `${lab.qemuBinary} does not run; install it by \`apt-get install qemu-system-x86\``;
  }
  const parts = { "the guest's init": lab.initPath, 'the tool pin': lab.tool('pin') };
  for (const [what, path] of Object.entries(parts)) {
    const problem = await access(path).catch(messageOf);
    if (problem !== undefined) {
      return `${what} is missing at ${path}; build it by \`make -C native all\``;
    }
  }
  return undefined;
}

interface Run {
  readonly lab: Lab;
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
}

async function runTrial(run: Run): Promise<RunResult> {
  const { lab, order, signal } = run;
  signal.throwIfAborted();
  const accelerator = acceleratorOf(order);
  if (order.kernelImage === undefined) {
    const message = `kernel ${order.kernel} has no image, and QEMU boots nothing without one`;
    return failed(order, { class: 'artifact-missing', message });
  }
  const { path: imagePath, release } = order.kernelImage;
  const host = await readCpuTopology('/');
  const allowedCpus = host.allowed;
  const placement = placeOrder(order, host);
  if ('class' in placement) return failed(order, placement);
  const boot = await planTrial(run, imagePath);
  if (accelerator === 'kvm') {
    const message = await lab.canary.confirmKvm({ boot, release }, signal);
    if (message !== undefined) return failed(order, { class: 'accelerator-mismatch', message });
  }
  return withScratch(lab.scratchDirectory, (directory) =>
    runGuest({ ...run, accelerator, imagePath, release, allowedCpus, placement, boot, directory }),
  );
}

function placeOrder({ shape, guest }: TrialOrder, host: VcpuHost) {
  return placeVcpus({ vcpuCount: shape.smp, mayOvercommit: guest.overcommit }, host);
}

const NOT_UNPACKED: UnpackedKernel = { reason: 'the plain boot takes the image as it is' };

async function planTrial({ lab, order }: Run, imagePath: string): Promise<BootPlan> {
  const { guest, commandLine } = order;
  const isFast = guest.boot === 'fast';
  const unpacked = isFast ? await lab.kernels.unpack(imagePath) : NOT_UNPACKED;
  const qbootPath = await lab.qbootPath();
  return planBoot({ guest, commandLine, imagePath, unpacked, qbootPath });
}

interface GuestRun extends Run {
  readonly accelerator: Accelerator;
  readonly imagePath: string;
  readonly release: string;
  readonly allowedCpus: readonly number[];
  readonly placement: Placement;
  readonly boot: BootPlan;
  readonly directory: string;
}

async function runGuest(run: GuestRun): Promise<RunResult> {
  const files = guestFilesIn(run.directory);
  let initramfs: Uint8Array;
  try {
    await access(run.imagePath);
    initramfs = await initramfsOf(run);
    await writeFile(files.initramfsPath, initramfs);
  } catch (error) {
    return failed(run.order, { class: 'artifact-missing', message: messageOf(error) });
  }
  const { smp, memoryMib } = run.order.shape;
  const { accelerator, release } = run;
  const { kernelPath } = run.boot;
  const initramfsBytes = initramfs.length;
  const tooLittle = await findTooLittleMemory({ kernelPath, release, initramfsBytes, memoryMib });
  if (tooLittle !== undefined) return failed(run.order, tooLittle);
  const watch = watchGuest({
    deadlineMs: run.order.deadlineMs,
    bootMs: limitsFor({ accelerator, smp, hostCpus: availableParallelism() }).bootMs,
    look: () => lookAtBoot(files.consolePath),
  });
  try {
    return await superviseGuest({ ...run, files, watch });
  } finally {
    watch.close();
  }
}

function initramfsOf({ lab, order, boot }: GuestRun): Promise<Uint8Array> {
  const { workload, purpose, functions } = order;
  return lab.images.image({
    initPath: lab.initPath,
    order: { workload, purpose, functions },
    hasExitPort: boot.hasExitPort,
    isCompressed: boot.compressesInitramfs,
    auditPath: lab.tool('audit'),
    attributionPath: lab.tool('attribution'),
  });
}

type SupervisedRun = GuestRun & { readonly files: GuestFiles; readonly watch: GuestWatch };

async function superviseGuest(run: SupervisedRun): Promise<RunResult> {
  const { lab, order, signal, accelerator, boot, files, watch, placement } = run;
  const { shape, guest } = order;
  const name = `labsweep-${order.trial}`;
  const machine = runMachine({
    qemuBinary: lab.qemuBinary,
    arguments: kernelGuestArguments({ name, accelerator, shape, guest, boot, files }),
    workingDirectory: run.directory,
    placement,
    pinPath: lab.tool('pin'),
    qmpLimits: QMP_LIMITS,
    stop: watch.stop,
    signal,
  });
  // Read while QEMU starts, before its guest runs.
  const hostFacts = readEmulationFacts();
  const end = await machine;
  const [console, output] = await Promise.all([
    readIfPresent(files.consolePath, CONSOLE_BYTES_MAX),
    readIfPresent(files.resultsPath, RESULTS_BYTES_MAX),
  ]);
  const machineFacts = {
    ...(await hostFacts),
    ...boot.facts,
    ...end.facts,
    allowed_cpus: formatCpuList(run.allowedCpus),
    allowed_cpus_end: formatCpuList(await readAllowedCpus('/')),
  };
  const { commandLine } = boot;
  const asked = { accelerator, memoryMib: shape.memoryMib, settings: guest, commandLine };
  const limit = watch.limit();
  return guestResult({ order, console, output, end, asked, machineFacts, limit });
}

async function lookAtBoot(consolePath: string): Promise<BootProgress> {
  const console = await readIfPresent(consolePath, CONSOLE_BYTES_MAX);
  const { stage } = readConsole(new TextDecoder().decode(console));
  const hasBooted = stage !== 'firmware' && stage !== 'boot';
  return { hasBooted, consoleBytes: console.length };
}

function acceleratorOf({ environment }: TrialOrder): Accelerator {
  assert(environment === 'qemu-kvm' || environment === 'qemu-tcg', `${environment} is not QEMU's`);
  return environment === 'qemu-kvm' ? 'kvm' : 'tcg';
}

function failed(order: TrialOrder, failure: Trouble): RunResult {
  return { outcome: failedOutcome(failure), environment: order.environment };
}
