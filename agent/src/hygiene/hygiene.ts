// SPDX-License-Identifier: Apache-2.0
/**
 * Host hygiene of one trial at a time: looks at the host before and after, judges what happened in
 * between, and in mode `enforce` sets what a measurement wants and restores it. What the topics
 * are is in topics.ts; which process runs is for the runner.
 */
import { strict as assert } from 'node:assert';
import { dirname, join } from 'node:path';
import {
  type HygieneMode,
  type HygienePreparation,
  type HygieneRecord,
  messageOf,
} from '@labsweep/proto';
import type { Facts } from '../io/host-tree.js';
import { numberOf, TICK_MS } from './change.js';
import { coolDown } from './cool-down.js';
import { readCpuTicks } from './cpu-ticks.js';
import { fileSource, type HostView, openHostView } from './host-view.js';
import { READY_MS_MAX, RUNNABLE_OTHERS_MAX } from './hygiene-limits.js';
import { KernelLog } from './kernel-log.js';
import { holdLatency, type LatencyHold } from './latency-hold.js';
import { prepareHost } from './preparations.js';
import { waitForQuiet } from './quiet.js';
import { waitUntilReady } from './ready.js';
import { SettingsJournal } from './settings-journal.js';
import { judgeChange, takeSnapshot } from './snapshot.js';
import { createSwapSwitch, type SwapSwitch } from './swap-switch.js';
import { thermal } from './topics/thermal.js';
import { TOPICS } from './topics.js';
import { findLoad, findUnmet } from './unmet.js';

/** Must be ended by one of its two functions, whatever becomes of the trial. */
export interface HygieneSession {
  /** The facts of the host as the trial starts, with all that is enforced in force. */
  readonly before: Facts;
  /**
   * Reads, judges, restores. `ownCpuMs`: user and system time of the trial's processes; where it
   * is not given, that of the agent's children that have ended since `begin`.
   */
  after(own?: { readonly ownCpuMs?: number }): Promise<HygieneRecord>;
  /** Restores, for a trial that was given up. Does nothing after `after`. */
  abandon(): Promise<void>;
}

export interface HygieneRequest {
  readonly mode: HygieneMode;
  /** The CPUs of the trial: of the reproducer, or of a guest's virtual CPUs. */
  readonly cpus: readonly number[];
  /** How many other tasks may want a CPU at the start; default 0. `observe` only warns. */
  readonly loadMax?: number;
  /** Facts to be recorded; `binary` is a path below the root whose sha256 must stay the same. */
  readonly workload?: Facts;
  /** What `enforce` does besides; the other modes have none. */
  readonly preparations?: readonly HygienePreparation[];
  /** The trial's memory may come from one node alone. */
  readonly isMemoryBound?: boolean;
  readonly signal?: AbortSignal;
  /** Told when `enforce` or `require` wait for the host, with what for and for how long. */
  readonly waits?: (reasons: readonly string[], limitMs: number) => void;
}

export type HygieneStart =
  | { readonly ok: true; readonly session: HygieneSession }
  /**
   * Nothing is set. Each line says what is not so, with the command that mends it, and that after
   * so much waiting.
   */
  | { readonly ok: false; readonly refusal: readonly string[]; readonly waitedMs: number };

export interface Hygiene {
  /** Rejects only when the signal fires, and for programmer mistakes. One session at a time. */
  begin(request: HygieneRequest): Promise<HygieneStart>;
  /** For the start of an agent: undoes what a killed one has set, and says so line by line. */
  restoreLeftovers(): Promise<readonly string[]>;
  close(): void;
}

export interface HygieneOptions {
  /** `/` but for tests. */
  readonly root?: string;
  /** Old values of settings, until they are restored. */
  readonly journalPath: string;
  /** How long a trial waits for a host that is not ready; `READY_MS_MAX` but for tests. */
  readonly readyMsMax?: number;
}

export function createHygiene(options: HygieneOptions): Hygiene {
  const { root = '/', journalPath, readyMsMax = READY_MS_MAX } = options;
  const kernelLog = new KernelLog(join(root, 'dev/kmsg'));
  const source = fileSource(root, () => kernelLog.readNew());
  const constants = new Map<string, string>();
  let isHeld = false;
  let wasDisturbed = false;
  let referenceTemperature: number | undefined;

  const begin = async (request: HygieneRequest): Promise<HygieneStart> => {
    assert(!isHeld, 'a hygiene session is still open; end it by after() or abandon()');
    request.signal?.throwIfAborted();
    const look = { source, cpus: request.cpus, workload: request.workload ?? {}, constants };
    const host = { root, journalPath, look: () => openHostView(look) };
    const temperature = () => numberOf(thermal.read(host.look()), 'temperature_millicelsius');
    referenceTemperature ??= temperature();
    const { mode, signal } = request;
    const heat =
      mode === 'enforce'
        ? await coolDown({ temperature, reference: referenceTemperature, signal })
        : undefined;
    const noise = wasDisturbed
      ? await waitForQuiet({ ...busyTime(host, request), signal })
      : undefined;
    const limit = request.loadMax ?? RUNNABLE_OTHERS_MAX;
    const loadNow = () => findLoad({ ...host, limit, signal });
    const unmet = async () => [
      ...(await loadNow()),
      ...(mode === 'require' ? findUnmet(host.look()) : []),
    ];
    const load = mode === 'observe' ? await loadNow() : [];
    const wait = { unmet, waits: request.waits, signal, limitMs: readyMsMax };
    const refusal = mode === 'observe' ? [] : await waitUntilReady(wait);
    if (refusal.length > 0) return { ok: false, refusal, waitedMs: readyMsMax };
    const enforced = mode === 'enforce' ? await enforce(host, request) : NOTHING_ENFORCED;
    if ('refusal' in enforced) return { ok: false, refusal: enforced.refusal, waitedMs: 0 };
    isHeld = true;
    const undo = async () => {
      isHeld = false;
      return undoAll(enforced);
    };
    const told = [heat, noise, ...load, ...(enforced.warnings ?? [])];
    const warnings = told.filter((line) => line !== undefined);
    try {
      const judged = (record: HygieneRecord) => {
        wasDisturbed = record.disturbances.length > 0;
      };
      return { ok: true, session: openSession({ host, request, undo, warnings, judged }) };
    } catch (error) {
      await undo();
      throw error;
    }
  };

  return {
    begin,
    restoreLeftovers: async () => [
      ...(await restore(await SettingsJournal.open({ root, journalPath }))),
      ...(await restore(swapOf({ root, journalPath }))),
    ],
    close: () => kernelLog.close(),
  };
}

interface HostAccess {
  readonly root: string;
  readonly journalPath: string;
  look(): HostView;
}

function openSession(start: {
  readonly host: HostAccess;
  readonly request: HygieneRequest;
  readonly warnings: readonly string[];
  undo(): Promise<readonly string[]>;
  judged(record: HygieneRecord): void;
}): HygieneSession {
  const { host, request } = start;
  let isOpen = true;
  const view = host.look();
  const before = takeSnapshot(view);
  const advice = request.mode === 'observe' ? adviseInShort(view) : [];
  return {
    before,
    after: async (own = {}) => {
      assert(isOpen, 'after() is called once');
      isOpen = false;
      const [after, problems] = await lookAndUndo(host, start.undo);
      const { cpus, isMemoryBound = false } = request;
      const judged = judgeChange({ before, after, cpus, isMemoryBound, ...own });
      const warnings = [...start.warnings, ...advice, ...judged.warnings, ...problems];
      const { disturbances } = judged;
      const record = { mode: request.mode, before, after, warnings, disturbances };
      start.judged(record);
      return record;
    },
    abandon: async () => {
      if (!isOpen) return;
      isOpen = false;
      await start.undo();
    },
  };
}

function busyTime(host: HostAccess, { cpus }: HygieneRequest) {
  const busyMs = () => {
    const ticks = readCpuTicks(host.look(), cpus)?.busy;
    return ticks === undefined ? undefined : ticks * TICK_MS;
  };
  return { busyMs, cpuCount: cpus.length };
}

/** What was set goes back even when the look fails. */
async function lookAndUndo(
  host: HostAccess,
  undo: () => Promise<readonly string[]>,
): Promise<readonly [Facts, readonly string[]]> {
  try {
    const facts = takeSnapshot(host.look());
    return [facts, await undo()];
  } catch (error) {
    await undo();
    throw error;
  }
}

/** The commands would be the same in every trial; there is a command that prints them. */
function adviseInShort(view: HostView): readonly string[] {
  const topics = TOPICS.filter((topic) => (topic.desired?.(view) ?? []).length > 0);
  if (topics.length === 0) return [];
  const names = topics.map(({ name }) => name).join(', ');
  return [`not as a measurement wants it: ${names}; \`labsweep doctor\` says how to mend it`];
}

interface Enforced {
  readonly journal?: SettingsJournal;
  readonly swap?: SwapSwitch;
  readonly hold?: LatencyHold;
  readonly warnings?: readonly string[];
}

const NOTHING_ENFORCED: Enforced = {};

/**
 * All or nothing: a trial under half of the settings would be neither one thing nor the other. What
 * a killed agent left in the journal goes back together with what is set here.
 */
async function enforce(
  host: HostAccess,
  { preparations = [] }: HygieneRequest,
): Promise<Enforced | { readonly refusal: string[] }> {
  const journal = await SettingsJournal.open(host);
  const swap = swapOf(host);
  try {
    for (const topic of TOPICS) await journal.setAll(topic.desired?.(host.look()) ?? []);
    const warnings = await prepareHost(preparations, { ...host, journal, swap });
    const hold = holdLatency(host.root);
    return { journal, swap, warnings, ...(hold !== undefined && { hold }) };
  } catch (error) {
    return { refusal: [messageOf(error), ...(await undoAll({ journal, swap }))] };
  }
}

const swapOf = ({ root, journalPath }: { root: string; journalPath: string }) =>
  createSwapSwitch({ root, journalPath: join(dirname(journalPath), 'swap.json') });

async function undoAll({ journal, swap, hold }: Enforced): Promise<readonly string[]> {
  hold?.close();
  const told: string[] = [];
  for (const part of [journal, swap]) {
    await part?.restore().catch((error) => told.push(`restoring: ${messageOf(error)}`));
  }
  return told;
}

async function restore(part: SettingsJournal | SwapSwitch): Promise<readonly string[]> {
  return part.restore().catch((error) => [`not restored: ${messageOf(error)}`]);
}
