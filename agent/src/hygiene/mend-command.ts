// SPDX-License-Identifier: Apache-2.0
/** The shell command that makes settings as wanted, for people. Pure; it runs nothing. */
import type { Wanted } from './topic.js';

/** One command a line. Settings that all CPUs share become one command with a pattern. */
export function mendCommand(wanted: readonly Wanted[]): string {
  const commands = wanted.map(({ path, value }) => {
    const all = everyCpu(path);
    if (all === path) return `echo ${value} > /${path}`;
    const values = new Set(wanted.filter((one) => everyCpu(one.path) === all).map((w) => w.value));
    return values.size === 1
      ? `echo ${value} | tee /${all}`
      : `for cpu in ${cpusFor(wanted, { all, value })}; do echo ${value} > /${path.replace(/cpu\d+/, 'cpu$cpu')}; done`;
  });
  return [...new Set(commands)].join('\n');
}

const CPU_FOLDER = /\/cpu(\d+)\//;
const everyCpu = (path: string) => path.replace(CPU_FOLDER, '/cpu*/');

/** Cores of two classes want different frequencies. */
function cpusFor(
  wanted: readonly Wanted[],
  { all, value }: { readonly all: string; readonly value: string },
): string {
  return wanted
    .filter((one) => everyCpu(one.path) === all && one.value === value)
    .map(({ path }) => CPU_FOLDER.exec(path)?.[1] ?? '')
    .join(' ');
}

/** One setting as it is and as it should be. */
export function describeWanted({ path, value, current }: Wanted): string {
  return `/${path} is '${current}', wanted '${value}'`;
}
