// SPDX-License-Identifier: Apache-2.0
/**
 * One chaos run: starts a lab, hurts it for some minutes as the seed says, lets what was begun come
 * to its end, and compares every sweep with the same one from a calm lab.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCalmLab } from './calm-lab.js';
import { type Fault, type FaultTargets, planFaults } from './fault-plan.js';
import { begin, end, type Victims } from './faults.js';
import type { KeptProcess } from './kept-process.js';
import { AGENTS, CONTROLLERS, DISKS, HOSTS, type Lab, startLab } from './lab.js';
import { makeNetwork, type Network } from './network.js';
import { makeSmallDisks, type SmallDisks } from './small-disks.js';
import { compareSweep, type SweepResult } from './sweep-result.js';
import { type RunCommand, startSweep, sweepKind, writeSpec } from './sweeps.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Made by the caller and empty; removed when all is well, unless `keep`. */
  readonly folder: string;
  readonly keep: boolean;
  readonly signal: AbortSignal;
  note(line: string): void;
}

export interface ChaosResult {
  /** What this machine could not do. */
  readonly missing: readonly string[];
  readonly injected: readonly Fault[];
  /** Their part was not running just then. */
  readonly skipped: number;
  readonly sweeps: readonly SweepResult[];
  /** How parts ended that no fault had ended, with how often. */
  readonly unexpectedEnds: ReadonlyMap<string, number>;
  /** Outcomes that agents still hold at the end. */
  readonly spooled: number;
}

/** From one fault to the next in the mean: 15 minutes hold about 250. */
const FAULT_INTERVAL_MS = 3_500;
/** Once the faults are over, the sweep under way must end in this time. */
const FINISH_LIMIT_MS = 180_000;
/** What is in the fold is settled, and its spool entry gone, within this time. */
const SETTLE_LIMIT_MS = 30_000;
const POLL_INTERVAL_MS = 200;
const JANITOR_PROGRAM = fileURLToPath(new URL('./janitor.js', import.meta.url));

/** Throws when a sweep does not come to an end, or the signal fires. Cleans up in any case. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const janitor = startJanitor();
  const { folder, note } = options;
  try {
    if (!options.keep) janitor.remember('folder', folder);
    const id = `labsweep-chaos-${process.pid}`;
    const onNamespace = (name: string) => janitor.remember('namespace', name);
    const network = makeNetwork({ id, hosts: HOSTS, onNamespace });
    const onMount = (path: string) => janitor.remember('mount', path);
    const disks = makeSmallDisks(join(folder, 'disks'), DISKS, onMount);
    const missing = [...network.missing, ...disks.missing];
    for (const line of missing) note(`not possible here: ${line}`);
    if (network.dropper !== undefined) note(`packets are dropped by ${network.dropper}`);
    return await inLab(options, { network, disks, missing });
  } finally {
    await janitor.cleanUp();
  }
}

interface Machine {
  readonly network: Network;
  readonly disks: SmallDisks;
  readonly missing: readonly string[];
}

async function inLab(options: ChaosOptions, machine: Machine): Promise<ChaosResult> {
  const { folder, note } = options;
  const unexpectedEnds = new Map<string, number>();
  const onUnexpectedEnd = (part: string, how: string) => {
    const key = `${part}: ${how}`;
    unexpectedEnds.set(key, (unexpectedEnds.get(key) ?? 0) + 1);
    note(`  ${part} ended by itself: ${how}`);
  };
  const { network, disks } = machine;
  const lab = await startLab({ folder, network, disks, onUnexpectedEnd });
  const calm = await startCalmLab(join(folder, 'calm'));
  try {
    const run = { lab, calm: calm.run, onUnexpectedEnd };
    const { injected, skipped, sweeps } = await hurtAndCompare(options, machine, run);
    const spooled = await drainSpools(lab);
    return { missing: machine.missing, injected, skipped, sweeps, unexpectedEnds, spooled };
  } finally {
    await calm.close();
    await lab.close();
  }
}

interface Labs {
  readonly lab: Lab;
  readonly calm: RunCommand;
  readonly onUnexpectedEnd: (part: string, how: string) => void;
}

async function hurtAndCompare(
  options: ChaosOptions,
  machine: Machine,
  labs: Labs,
): Promise<Pick<ChaosResult, 'injected' | 'skipped' | 'sweeps'>> {
  const { seed, durationMs, signal, note } = options;
  let command: KeptProcess | undefined;
  const victims: Victims = {
    ...machine,
    process: (name) => (name === 'command' ? command : labs.lab.parts.get(name)),
  };
  const plan = planFaults({
    seed,
    durationMs,
    intervalMs: FAULT_INTERVAL_MS,
    targets: targetsOf(machine),
  });
  note(`${plan.length} faults planned in ${durationMs / 60_000} minutes, seed ${seed}`);
  const startMs = Date.now();
  const stop = new AbortController();
  const limit = AbortSignal.any([signal, stop.signal]);
  const hurting = injectAll(plan, { victims, startMs, signal: limit, note });
  const sweeps: Promise<SweepResult>[] = [];
  try {
    for (let number = 1; number === 1 || Date.now() < startMs + durationMs; number += 1) {
      const result = runSweep(number, options, labs, (started) => {
        command = started;
      });
      sweeps.push(result.compared);
      // Awaited below; without this a failure would end the process before.
      result.compared.catch(() => {});
      const lateMs = startMs + durationMs + FINISH_LIMIT_MS - Date.now();
      await within(result.ended, { limitMs: lateMs, signal, what: `the end of sweep ${number}` });
    }
    const what = 'the calm lab';
    const compared = Promise.all(sweeps);
    return {
      ...(await hurting),
      sweeps: await within(compared, { limitMs: FINISH_LIMIT_MS, signal, what }),
    };
  } finally {
    stop.abort();
    await hurting;
  }
}

function targetsOf({ network, disks }: Machine): FaultTargets {
  return {
    agents: AGENTS,
    controllers: CONTROLLERS,
    hosts: network.namespaces ? HOSTS : [],
    disks: disks.mounted,
    loss: network.dropper !== undefined,
  };
}

function runSweep(
  number: number,
  { seed, folder, note }: ChaosOptions,
  { lab, calm, onUnexpectedEnd }: Labs,
  onStart: (command: KeptProcess) => void,
): { readonly ended: Promise<number>; readonly compared: Promise<SweepResult> } {
  const kind = sweepKind(seed, number);
  const spec = writeSpec(join(folder, 'specs'), kind);
  const out = join(folder, `sweep-${number}`);
  const calmOut = join(folder, `calm-${number}`);
  const run: RunCommand = (args, onEnd) => lab.command(args, onEnd);
  const hurt = startSweep(run, { spec, out }, (how) => onUnexpectedEnd('command', how));
  onStart(hurt.process);
  const peace = startSweep(calm, { spec, out: calmOut }, () => {});
  const compared = Promise.all([hurt.ended, peace.ended]).then(([exitCode, calmCode]) => {
    if (calmCode !== 0) throw new Error(`the calm lab ended sweep ${number} with ${calmCode}`);
    const result = compareSweep(kind, exitCode, { out, calmOut });
    const isSame = result.differences.length === 0;
    note(`  sweep ${number} is over: ${isSame ? 'the calm table' : 'OTHER TABLE'}`);
    return result;
  });
  return { ended: hurt.ended, compared };
}

interface Injection {
  readonly victims: Victims;
  readonly startMs: number;
  readonly signal: AbortSignal;
  note(line: string): void;
}

/** All that was begun is undone when this settles, whatever fired the signal. */
async function injectAll(
  plan: readonly Fault[],
  injection: Injection,
): Promise<{ readonly injected: readonly Fault[]; readonly skipped: number }> {
  const { victims, startMs, signal, note } = injection;
  const injected: Fault[] = [];
  let skipped = 0;
  const running: Promise<void>[] = [];
  for (const fault of plan) {
    await delay(Math.max(0, startMs + fault.atMs - Date.now()), undefined, { signal }).catch(
      () => {},
    );
    if (signal.aborted) break;
    const isDone = await begin(fault, victims);
    if (isDone) injected.push(fault);
    else skipped += 1;
    const seconds = (fault.atMs / 1000).toFixed(1).padStart(7);
    const lasts = isDone ? `for ${(fault.durationMs / 1000).toFixed(1)} s` : 'was not running';
    note(`${seconds} s  ${fault.kind.padEnd(16)} ${fault.target.padEnd(12)} ${lasts}`);
    running.push(
      delay(fault.durationMs, undefined, { signal })
        .catch(() => {})
        .then(() => end(fault, victims)),
    );
  }
  await Promise.all(running);
  return { injected, skipped };
}

async function drainSpools(lab: Lab): Promise<number> {
  const spooled = () => AGENTS.reduce((sum, agent) => sum + lab.spooled(agent), 0);
  const deadlineMs = Date.now() + SETTLE_LIMIT_MS;
  while (spooled() > 0 && Date.now() < deadlineMs) await delay(POLL_INTERVAL_MS);
  return spooled();
}

async function within<Value>(
  work: Promise<Value>,
  { limitMs, signal, what }: { limitMs: number; signal: AbortSignal; what: string },
): Promise<Value> {
  const late = delay(limitMs, undefined, { signal, ref: false }).then(
    () => {
      throw new Error(`waited ${Math.round(limitMs / 1000)} s in vain for ${what}`);
    },
    () => {
      throw new Error('interrupted');
    },
  );
  return Promise.race([work, late]);
}

/** Removes what the kernel would keep, also when this process is killed. */
function startJanitor(): {
  remember(kind: 'namespace' | 'mount' | 'folder', name: string): void;
  cleanUp(): Promise<void>;
} {
  const child = spawn(process.execPath, [JANITOR_PROGRAM], {
    // A session of its own: Ctrl-C must not end it with us.
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    remember: (kind, name) => child.stdin.write(`${kind} ${name}\n`),
    cleanUp: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** For the caller: an empty folder below `parent`. */
export function newFolder(parent: string): string {
  const folder = join(parent, `labsweep-chaos-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}
