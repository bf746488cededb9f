// SPDX-License-Identifier: Apache-2.0
/** How much CPU time processes take, all their threads together, user and kernel. */
import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat, where Linux has it fixed for programs. */
const TICKS_PER_SECOND = 100;
/** Behind the name of the program, which may hold blanks: utime and stime. */
const UTIME = 11;
const STIME = 12;

export interface NamedProcesses {
  readonly name: string;
  readonly pids: readonly number[];
}

export interface CpuUse {
  readonly name: string;
  readonly cpuMs: number;
}

/** Reads the clocks of the processes now; the function that it returns says what came on top. */
export function startCpuCount(processes: readonly NamedProcesses[]): () => readonly CpuUse[] {
  const read = () => processes.map(({ pids }) => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0));
  const before = read();
  return () => {
    const after = read();
    return processes.map(({ name }, index) => ({
      name,
      cpuMs: (after[index] ?? 0) - (before[index] ?? 0),
    }));
  };
}

/** Since the process began. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[UTIME]) + Number(fields[STIME])) * 1_000) / TICKS_PER_SECOND;
}
