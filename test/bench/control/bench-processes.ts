// SPDX-License-Identifier: Apache-2.0
/** The processes of the benchmarks: nats-server, a controller, and programs that print a line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';

export interface RunningNats {
  readonly pid: number;
  readonly url: string;
  /** Its files. */
  readonly store: string;
  close(): Promise<void>;
}

const CONFIG = fileURLToPath(new URL('../../../../deploy/nats-server.conf', import.meta.url));
const HEAP_PROBE = new URL('./heap-probe.js', import.meta.url).href;
/** As docs/SCALE.md advises for a controller of hundreds of hosts. */
const YOUNG_HEAP = '--max-semi-space-size=64';
const POLL_INTERVAL_MS = 10;
const START_LIMIT_MS = 120_000;
const PROBE_LIMIT_MS = 60_000;

/** Started with the configuration that labs use, in `folder`. */
export async function startNats(folder: string): Promise<RunningNats> {
  const ports = join(folder, 'ports');
  const store = join(folder, 'store');
  rmSync(ports, { recursive: true, force: true });
  mkdirSync(ports, { recursive: true });
  const place = ['-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', ports, '-js', '-sd', store];
  const child = start('nats-server', ['-c', CONFIG, ...place], {});
  const url = await until('nats-server', () => {
    const [name] = readdirSync(ports);
    const text = name === undefined ? '' : readFileSync(join(ports, name), 'utf8');
    return /nats:\/\/[^"]+/.exec(text)?.[0];
  });
  // setpriv has become the program by then.
  return { pid: child.pid ?? 0, url, store, close: () => end(child) };
}

export interface RunningProgram {
  readonly pid: number;
  /** What it printed as `ready`. */
  readonly address: string;
  /** From its start until it was ready. */
  readonly readyMs: number;
  close(): Promise<void>;
}

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the scheduler, 0 to 19: how much it lets others go first. */
  readonly niceness?: number;
}

/** Node programs of ours print `{"ready":"host:port"}` once they serve. */
export async function startProgram(
  args: readonly string[],
  { environment = {}, niceness = 0 }: ProgramOptions = {},
  onLine: (line: string) => void = () => {},
): Promise<RunningProgram> {
  const startMs = performance.now();
  const nice = ['-n', String(niceness), process.execPath];
  const child = start('nice', [...nice, ...args], environment);
  let ready: string | undefined;
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      ready ??= /"ready":"([^"]+)"/.exec(line)?.[1];
      onLine(line);
    });
  }
  const address = await until(args[0] ?? 'node', () => {
    if (child.exitCode !== null) throw new Error(`${args[0]} ended with ${child.exitCode}`);
    return ready;
  });
  const readyMs = performance.now() - startMs;
  return { pid: child.pid ?? 0, address, readyMs, close: () => end(child) };
}

export interface RunningController extends RunningProgram {
  /** Bytes that stay after the garbage was collected. */
  retained(): Promise<{ readonly heapBytes: number; readonly rssBytes: number }>;
}

/** `profile` is a folder for the profile of its CPU. */
export async function startController(
  folder: string,
  nats: RunningNats,
  profile?: string,
): Promise<RunningController> {
  const probe = join(folder, 'retained.json');
  const node = ['--expose-gc', '--import', HEAP_PROBE, YOUNG_HEAP];
  const profiler = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  const program = await startProgram(
    [
      ...[...node, ...profiler, CONTROLLER_PROGRAM, '--nats', nats.url, '--store', nats.store],
      ...['--listen', '127.0.0.1:0', '--cache', join(folder, 'controller-cache')],
    ],
    { environment: { LABSWEEP_HEAP_PROBE: probe } },
  );
  return {
    ...program,
    retained: async () => {
      rmSync(probe, { force: true });
      process.kill(program.pid, 'SIGUSR2');
      const text = await until('the size of the heap', () => readIfWhole(probe), PROBE_LIMIT_MS);
      return JSON.parse(text);
    },
  };
}

function readIfWhole(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.endsWith('}') ? text : undefined;
  } catch {
    // Not written yet.
    return undefined;
  }
}

export function start(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', process.env.LABSWEEP_BENCH_VERBOSE === '1' ? 'inherit' : 'ignore'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function until<Value>(
  what: string,
  look: () => Value | undefined,
  limitMs = START_LIMIT_MS,
): Promise<Value> {
  const deadlineMs = Date.now() + limitMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
    await delay(POLL_INTERVAL_MS);
  }
}
