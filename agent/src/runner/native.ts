// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a trial on the kernel that this host is running, pinned to as many CPUs as its shape asks
 * for; the other CPUs are offline or not, and the fact `smp_by` says which. It boots nothing.
 */
import { strict as assert } from 'node:assert';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabsweepError, type Note, type Permission, type Support } from '@labsweep/proto';
import { checkKernelRelease } from '../checks/machine-checks.js';
import { CUT_LINE } from '../checks/program-checks.js';
import { failedOutcome } from '../failed-outcome.js';
import { type CpuTopology, readCpuTopology } from '../io/cpu-topology.js';
import { type Facts, readHostTree } from '../io/host-tree.js';
import { runProcess } from '../io/process.js';
import { readIfPresent } from '../io/read-if-present.js';
import { removeStaleScratch, withScratch } from '../io/scratch.js';
import type { Trouble } from '../trial-evidence.js';
import { layOutTrial, nativeCommand, STATE_FILE } from './native-command.js';
import { placementFacts, readCosts, readEndFacts, SiblingWatch } from './native-facts.js';
import { type OfflinePlace, restoreCpus, withCpusOffline } from './native-offline.js';
import { type Placement, placeTrial } from './native-placement.js';
import { findMovedCpus, nativeResult, OUTPUT_BYTES_MAX } from './native-result.js';
import type { PlacedRunner, RunResult, TrialOrder } from './runner.js';
import { requirementsOf } from './trial-requirements.js';

/** Our own programs, as the build leaves them. */
export const TOOLS_DIRECTORY = fileURLToPath(new URL('../../../native/build', import.meta.url));

/** As much as a guest sends of its dump; a few hundred mappings are a tenth of it. */
const DUMP_BYTES_MAX = 4 * 1024 * 1024;
const DUMP_CUT = Buffer.from(`\n${CUT_LINE}\n`);

export interface NativeOptions {
  readonly scratchDirectory: string;
  /** Has run-pinned and audit. */
  readonly toolsDirectory?: string;
  /** Keeps what must be put back after a `kill -9`; default: the scratch directory. */
  readonly journalDirectory?: string;
  readonly permissions?: readonly Permission[];
  readonly note?: Note;
}

export function createNativeRunner(options: NativeOptions): PlacedRunner {
  const {
    scratchDirectory,
    toolsDirectory = TOOLS_DIRECTORY,
    journalDirectory = scratchDirectory,
    permissions = [],
    note = () => {},
  } = options;
  const journalPath = join(journalDirectory, 'offline-cpus.json');
  const place = { root: '/', scratchDirectory, toolsDirectory, journalPath, permissions };
  return {
    kind: 'native',
    probe: async () => {
      await removeStaleScratch(scratchDirectory);
      return [(await bringCpusBack(place, note)) ?? (await probe(toolsDirectory))];
    },
    cpusFor: async (order) => {
      const placement = placeOrder({ order, permissions, host: await readCpuTopology('/') });
      return 'class' in placement ? [] : placement.cpus;
    },
    run: (order, signal) => run({ ...place, order, signal }),
    // Each run cleans up behind itself, and none may be under way here.
    close: async () => {},
  };
}

/** Without its CPUs this host would measure something else than it says. */
async function bringCpusBack(place: OfflinePlace, note: Note): Promise<Support | undefined> {
  try {
    for (const line of await restoreCpus(place)) note(`left by a killed agent: ${line}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof LabsweepError)) throw error;
    return { environment: 'native', available: false, reason: error.message };
  }
}

async function probe(toolsDirectory: string): Promise<Support> {
  const path = join(toolsDirectory, 'run-pinned');
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere
    ? { environment: 'native', available: true, reason: 'runs on the booted kernel, pinned' }
    : {
        environment: 'native',
        available: false,
        reason: `${path} is missing; build it by \`npm run build\`, or name its folder by --tools`,
      };
}

interface Run {
  readonly root: string;
  readonly scratchDirectory: string;
  readonly toolsDirectory: string;
  readonly journalPath: string;
  readonly permissions: readonly Permission[];
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
}

async function run(task: Run): Promise<RunResult> {
  const { order, signal, root, journalPath, permissions } = task;
  assert.equal(order.environment, 'native', `${order.environment} is not for the native runner`);
  assert.notEqual(order.purpose, 'attribution', 'functions are profiled in guests only');
  signal.throwIfAborted();
  const facts = await readHostTree(root);
  const wrongKernel = findWrongKernel(order, facts);
  if (wrongKernel !== undefined) return failed(order, wrongKernel);
  const host = await readCpuTopology(root);
  const placement = placeOrder({ order, permissions, host });
  if ('class' in placement) return failed(order, placement);
  const cpus = placement.offline;
  const end = await withCpusOffline({ root, journalPath, cpus }, () =>
    withScratch(task.scratchDirectory, (directory) =>
      runPlaced({ ...task, host, placement, directory, facts }),
    ),
  );
  return 'trouble' in end ? failed(order, end.trouble) : end.result;
}

/** Found before anything runs, since a run on the wrong kernel is of no use to anybody. */
function findWrongKernel(order: TrialOrder, facts: Facts): Trouble | undefined {
  const transcript = { facts, stdout: [], stderr: [], complete: false };
  return checkKernelRelease(requirementsOf(order), { transcript });
}

function placeOrder(seen: {
  readonly order: TrialOrder;
  readonly permissions: readonly Permission[];
  readonly host: CpuTopology;
}): Placement | Trouble {
  const { shape, native } = seen.order;
  const mayOffline = seen.permissions.includes('offline-cpus');
  return placeTrial({ smp: shape.smp, native, mayOffline }, seen.host);
}

interface PlacedRun extends Run {
  readonly host: CpuTopology;
  readonly placement: Placement;
  readonly directory: string;
  readonly facts: Facts;
}

async function runPlaced(task: PlacedRun): Promise<RunResult> {
  const { order, root, placement, directory, signal } = task;
  const problem = await layOutTrial(order, directory);
  if (problem !== undefined) return failed(order, problem);
  const hasMoved = placement.offline.length > 0;
  const start = { ...(hasMoved ? await readHostTree(root) : task.facts) };
  const before = { ...start, ...placementFacts(order, placement) };
  const moved = findMovedCpus(placement, before);
  if (moved !== undefined) return failed(order, moved);
  const siblings = new SiblingWatch(root, task);
  await siblings.start();
  const end = await runProcess({
    ...nativeCommand(order, task),
    outputBytesMax: OUTPUT_BYTES_MAX,
    // The rest before the start is not the reproducer's time.
    stop: AbortSignal.timeout(order.deadlineMs + order.native.settleMs),
    signal,
  });
  const busy = await siblings.end();
  // Proof that the agent kept away from the CPUs while it waited.
  const agent = { agent_cpu_ms: end.ownCpuMs.toFixed(1) };
  const after = {
    ...agent,
    ...busy,
    ...(await readEndFacts(root)),
    ...(await readCosts(directory, order)),
  };
  const dump = await readDump(directory);
  return nativeResult({ order, placement, end, facts: { ...before, ...after }, dump });
}

async function readDump(directory: string): Promise<Uint8Array> {
  const dump = await readIfPresent(join(directory, STATE_FILE), DUMP_BYTES_MAX);
  return dump.length < DUMP_BYTES_MAX ? dump : Buffer.concat([dump, DUMP_CUT]);
}

function failed(order: TrialOrder, failure: Trouble): RunResult {
  return { outcome: failedOutcome(failure), environment: order.environment };
}
