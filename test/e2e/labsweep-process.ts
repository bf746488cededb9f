// SPDX-License-Identifier: Apache-2.0
/** Runs the real `labsweep` command as a user does, and looks at what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LABSWEEP_PROGRAM } from '@labsweep/cli';

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to standard error so far. */
  stderr(): string;
}

/** A folder that is gone after the test. */
export function temporaryFolder(context: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-e2e-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function start(folder: string, ...args: readonly string[]): Running {
  return startProgram(folder, LABSWEEP_PROGRAM, args);
}

export function startProgram(folder: string, program: string, args: readonly string[]): Running {
  return startCommand(folder, process.execPath, [program, ...args]);
}

export function startCommand(folder: string, command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ exitCode: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
    });
  });
  return { child, ended, stderr: () => stderr };
}

export function run(folder: string, ...args: readonly string[]): Promise<Ended> {
  return start(folder, ...args).ended;
}

/** Settles once the condition holds. Throws after `limitMs`, with what was waited for. */
export async function waitFor(
  what: string | (() => string),
  isTrue: () => boolean,
  limitMs = 60_000,
): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!isTrue()) {
    if (Date.now() > deadlineMs) {
      const words = typeof what === 'string' ? what : what();
      throw new Error(`waited ${limitMs / 1000} s in vain for ${words}`);
    }
    await delay(20);
  }
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Processes that work in the folder: a run's children start in the folder of their parent. */
export function processesOf(folder: string): Process[] {
  return processesIn((place) => place === folder);
}

/** Those that work in the folder or in one below it, as guests do. */
export function processesBelow(folder: string): Process[] {
  return processesIn((place) => place === folder || place.startsWith(`${folder}/`));
}

function processesIn(isMeant: (folder: string) => boolean): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!isMeant(readlinkSync(`/proc/${name}/cwd`))) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

export interface ScriptedSpec {
  readonly durationMs?: number;
  readonly repetitions?: number;
  /** More words for the scripted runner. */
  readonly words?: readonly string[];
}

/**
 * Writes `sweep.toml` and its C file into the folder; two kernels, two rows, the second kernel
 * slower.
 */
export function writeScriptedSpec(folder: string, options: ScriptedSpec = {}): void {
  const { durationMs = 10, repetitions = 3, words = [] } = options;
  const script = ['--value', 'ns=100+-1', '--factor', 'new=2', '--duration-ms', `${durationMs}`];
  writeFileSync(join(folder, 'toggle.c'), 'int main(void) { return 0; }\n');
  writeFileSync(
    join(folder, 'sweep.toml'),
    `name = "scripted"
baseline = "old"
repetitions = ${repetitions}
[kernels]
old = "host"
new = "host"
[workload]
source = "toggle.c"
arguments = ${JSON.stringify([...script, ...words])}
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [1, 2]
`,
  );
}

/** The lines of `results.csv` without what differs from run to run by nature: the times. */
export function resultLines(folder: string): string[] {
  const lines = readFileSync(join(folder, 'results.csv'), 'utf8').trim().split(/\r?\n/);
  const columns = lines[0]?.split(',') ?? [];
  const isTime = (index: number) => /^(duration|started_at)_ms$/.test(columns[index] ?? '');
  return lines.map((line) =>
    line
      .split(',')
      .filter((_, index) => !isTime(index))
      .join(','),
  );
}
