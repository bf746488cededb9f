// SPDX-License-Identifier: Apache-2.0
/** The kernel's notation for sets of CPUs, for example `0-3,8`. */

/** Larger than any Linux; a list that names more is a slip, and must not fill our memory. */
const CPU_MAX = 65_535;

/** The CPU numbers in ascending order. Throws when the text is not a list of CPUs. */
export function parseCpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? first);
    if (match === null || last < first || last > CPU_MAX) {
      throw new Error(`'${text}' is not a CPU list such as 0-3,8`);
    }
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** The shortest notation of a set of CPUs; empty for none. */
export function formatCpuList(cpus: Iterable<number>): string {
  const ranges: { first: number; last: number }[] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === cpu - 1) range.last = cpu;
    else ranges.push({ first: cpu, last: cpu });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join();
}
