// SPDX-License-Identifier: Apache-2.0
/** Reads a list of CPUs such as `2-5,8`. Whether a host has them is for its agent to say. */
import { CPU_NUMBER_MAX } from './limits.js';
import type { TextResult } from './text-result.js';

const HINT = 'write it as `2-5` or `0,2,4`, in ascending order';

/** Keeps the text, as the agent and `taskset` read it too; refuses what names a CPU twice. */
export function parseCpuList(text: string): TextResult<string> {
  const cpus = cpusOf(text);
  if (cpus === undefined) return refuse(`\`${text}\` is not a list of CPUs`);
  const last = cpus.at(-1) ?? 0;
  if (last > CPU_NUMBER_MAX) return refuse(`CPU ${last} is beyond ${CPU_NUMBER_MAX}`);
  return { ok: true, value: text };
}

/** How many CPUs the list names; undefined when it is none. */
export function countCpus(text: string): number | undefined {
  return cpusOf(text)?.length;
}

/** Undefined for anything but ascending numbers and ranges. Ranges end at the limit of numbers. */
function cpusOf(text: string): readonly number[] | undefined {
  const cpus: number[] = [];
  for (const part of text.split(',')) {
    const [, first, last = first] = /^([0-9]{1,6})(?:-([0-9]{1,6}))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) return undefined;
    if (Number(first) <= (cpus.at(-1) ?? -1)) return undefined;
    const end = Math.min(Number(last), CPU_NUMBER_MAX + 1);
    for (let cpu = Number(first); cpu < end; cpu += 1) cpus.push(cpu);
    cpus.push(Number(last));
  }
  return cpus;
}

function refuse(what: string): TextResult<string> {
  return { ok: false, what, hint: HINT };
}
