// SPDX-License-Identifier: Apache-2.0
/**
 * One run: a lab, sweeps, what users ask and the faults of one seed, watched by the checkers to its
 * end. The same seed is the same run, to the last message.
 */
import type { SweepRecord } from '@labsweep/analysis';
import { type LogEntry, readEntryLines } from '@labsweep/proto';
import { BalancedOrder } from './checkers/balanced-order.js';
import { CheckerList, ViolationError } from './checkers/checker.js';
import { LogStandings } from './checkers/log-standings.js';
import { OneAcceptedAttempt } from './checkers/one-accepted-attempt.js';
import { OneLiveLease } from './checkers/one-live-lease.js';
import { PinnedRows } from './checkers/pinned-rows.js';
import { PreciseRows } from './checkers/precise-rows.js';
import { PriorityOrder } from './checkers/priority-order.js';
import { SettledIsDurable } from './checkers/settled-is-durable.js';
import { Faults } from './faults.js';
import { finalReport } from './final-report.js';
import { commandScript } from './lab/command-script.js';
import { Lab } from './lab/lab.js';
import { isOver, recordOf } from './lab/loop-view.js';
import {
  otherSweep,
  type SampleSweep,
  SWEEP,
  sampleSweep,
  thirdSweep,
} from './lab/sample-sweep.js';
import { SPOOL_FOLDER } from './lab/sim-agent.js';
import type { SimController } from './lab/sim-controller.js';
import { SimUser } from './lab/sim-user.js';
import { installVirtualSystem } from './machine/virtual-system.js';
import { World } from './machine/world.js';
import { Trace } from './trace.js';

/** After the last fault a sweep must come to its end within this time. */
const PROGRESS_LIMIT_MS = 3_600_000;
const STORY_LINES = 60;

export interface RunOptions {
  readonly seed: number;
  /** False: nothing goes wrong, for the report to compare with. */
  readonly faulty: boolean;
  /** See World. */
  readonly isPlain: boolean;
  /** Gets the story line by line. */
  readonly print?: (line: string) => void;
  /** Steps after which the run is broken off; for looking at the beginning of a run. */
  readonly stepsMax?: number;
}

export interface RunEnd {
  readonly steps: number;
  /** True time that passed inside. */
  readonly virtualMs: number;
  /** Undefined when a promise was broken, or the run was broken off. */
  readonly report: string | undefined;
  /** What the report is made from. */
  readonly record: SweepRecord | undefined;
  readonly violation: ViolationError | undefined;
  /** The last lines of the story. */
  readonly story: readonly string[];
  /** How often each kind of thing went wrong or was asked. */
  readonly counts: ReadonlyMap<string, number>;
}

export async function simulate(options: RunOptions): Promise<RunEnd> {
  const world = new World(options.seed, options.isPlain);
  const uninstall = installVirtualSystem(world);
  const rejected: unknown[] = [];
  const onRejection = (error: unknown) => rejected.push(error);
  process.on('unhandledRejection', onRejection);
  try {
    return await runWorld(world, options, rejected);
  } finally {
    process.off('unhandledRejection', onRejection);
    uninstall();
  }
}

/** What a seed is about: the same for a run with faults and one without. */
export function nightOf(world: World) {
  const hostCount = world.between('lab', 1, 4);
  const main = sampleSweep(world);
  const other = otherSweep(world);
  const third = thirdSweep(world);
  const hosts = Array.from({ length: hostCount }, (_, index) => `host-${'abcd'[index]}`);
  const sweeps = [main, other, third].filter((each) => each !== undefined);
  return { hosts, main, sweeps, chains: commandScript(world, { main, other }, hosts) };
}

async function runWorld(
  world: World,
  options: RunOptions,
  rejected: readonly unknown[],
): Promise<RunEnd> {
  const trace = new Trace(world, options.print);
  const { hosts, sweeps, chains } = nightOf(world);
  const kinds = kindsOf(sweeps);
  for (const [kind, is] of Object.entries(kinds)) if (is) world.count(`sweep: ${kind}`);
  const standings = new LogStandings();
  const checkers: CheckerList = new CheckerList([
    standings,
    new OneAcceptedAttempt(standings),
    new SettledIsDurable(() => lab),
    new OneLiveLease(),
    new BalancedOrder(),
    new PreciseRows(standings, () => lab),
    new PinnedRows(standings, () => lab, kinds.pinned),
    new PriorityOrder(),
  ]);
  const lab = new Lab({
    world,
    trace,
    watch: checkers,
    hosts,
    seatCount: world.between('lab', 1, 2),
    storeIsNear: world.chance('lab', 0.5),
    duplicateWindowMs: world.between('lab', 1, 10) * 60_000,
  });
  lab.startAll();
  const user = new SimUser(lab, sweeps, chains);
  const faults = options.faulty ? new Faults(lab) : undefined;
  faults?.begin();
  const endMs = faults?.endMs ?? 0;
  let over = false;
  await world.run({
    untilMs: endMs + PROGRESS_LIMIT_MS,
    isOver: () => {
      checkers.afterStep(lab);
      over = world.nowMs >= endMs && user.isDone && isQuiet(lab, sweeps);
      const brokenOff = world.steps === options.stepsMax;
      const broken = checkers.violation !== undefined || lab.defects.length > 0;
      return over || brokenOff || broken || rejected.length > 0;
    },
  });
  if (over) checkers.atEnd(lab);
  const outcome = over && checkers.violation === undefined ? endOf(lab) : {};
  const violation =
    checkers.violation ??
    defectOf(lab, rejected) ??
    stallOf(lab, options, over) ??
    outcome.violation;
  return {
    steps: world.steps,
    virtualMs: world.nowMs,
    report: outcome.report,
    record: outcome.record,
    violation,
    story: trace.last(STORY_LINES),
    counts: world.counts,
  };
}

/** What its sweeps ask of the schedule. */
function kindsOf(sweeps: readonly SampleSweep[]) {
  const texts = sweeps.map(({ specText }) => specText);
  const priorities = texts.map((text) => /priority = (-?\d+)/.exec(text)?.[1] ?? '0');
  return {
    precision: sweeps.some(({ isPrecise }) => isPrecise),
    pinned: texts.some((text) => text.includes('pin-row')),
    'other priority': new Set(priorities).size > 1,
  };
}

/** The sweeps are over as their controller sees it, and nobody has anything left to deliver. */
function isQuiet(lab: Lab, sweeps: readonly { readonly id: typeof SWEEP }[]): boolean {
  const loop = reigning(lab)?.loop;
  if (loop === undefined || !sweeps.every(({ id }) => isOver(loop, id))) return false;
  return lab.hosts.every(({ machine }) => machine.disk.count(SPOOL_FOLDER, '.json') === 0);
}

function reigning(lab: Lab): SimController | undefined {
  return lab.seats.map(({ controller }) => controller).find((each) => each?.reigns());
}

interface LabEnd {
  readonly record?: SweepRecord;
  readonly report?: string;
  readonly violation?: ViolationError;
}

function endOf(lab: Lab): LabEnd {
  const loop = reigning(lab)?.loop;
  const record = loop === undefined ? undefined : recordOf(loop, SWEEP, entriesOf(lab));
  if (record === undefined) return {};
  try {
    return { record, report: finalReport(record) };
  } catch (error) {
    if (error instanceof ViolationError) return { violation: error };
    throw error;
  }
}

/** A submission comes first: after a loss it may stand behind outcomes that were there before. */
function entriesOf(lab: Lab): LogEntry[] {
  const read = lab.network.broker.messages.map(({ text }) => readEntryLines(text));
  const entries = read.flatMap((lines) => lines.entries);
  return entries.toSorted(
    (a, b) => Number(b.type === 'submitted') - Number(a.type === 'submitted'),
  );
}

function defectOf(lab: Lab, rejected: readonly unknown[]): ViolationError | undefined {
  const [defect] = [...lab.defects, ...rejected];
  if (defect === undefined) return undefined;
  const text = defect instanceof Error ? (defect.stack ?? defect.message) : String(defect);
  return new ViolationError('no code throws where nobody catches', text);
}

function stallOf(lab: Lab, options: RunOptions, over: boolean): ViolationError | undefined {
  if (over || lab.world.steps === options.stepsMax) return undefined;
  const minutes = Math.round(PROGRESS_LIMIT_MS / 60_000);
  const spools = lab.hosts.map(({ machine: { disk, name } }) => {
    return `${disk.count(SPOOL_FOLDER, '.json')} in the spool of ${name}`;
  });
  const seats = lab.seats.flatMap(({ controller }) =>
    (controller?.loop?.summaries() ?? []).map(({ sweep, state, blocksDecided, blocksTotal }) => {
      const blocks = `${blocksDecided} of ${blocksTotal} blocks`;
      return `${controller?.process.name} says ${sweep} is ${state}, ${blocks}`;
    }),
  );
  const detail = `not at its end after ${minutes} minutes: ${[...seats, ...spools].join(', ')}`;
  return new ViolationError('progress when faults stop', detail);
}
