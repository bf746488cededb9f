// SPDX-License-Identifier: Apache-2.0
/** The kernel's notation for sets of CPUs, for example `0-3,8`. */

/** The CPU numbers in ascending order. Throws when the text is not a list of CPUs. */
export function parseCpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    if (match === null) throw new Error(`'${text}' is not a CPU list such as 0-3,8`);
    const first = Number(match[1]);
    for (let cpu = first; cpu <= Number(match[2] ?? first); cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}
