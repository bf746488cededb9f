// SPDX-License-Identifier: Apache-2.0
/** Writes a duration as people say it: its two largest units. */

const UNITS: readonly (readonly [name: string, lengthS: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** For example `2 h 5 min`, `40 s`, or `0.5 s` below ten seconds. */
export function durationText(durationMs: number): string {
  if (durationMs < 10_000) return `${Number((durationMs / 1000).toPrecision(2))} s`;
  // Rounded to the smaller of the two units first, so that it never says `1 h 60 min`.
  const totalS = Math.round(durationMs / 1000);
  const first = UNITS.findIndex(([, lengthS]) => totalS >= lengthS);
  const [name, lengthS] = UNITS[first] ?? ['s', 1];
  const [smallName, smallS] = UNITS[first + 1] ?? ['', lengthS];
  const rounded = Math.round(totalS / smallS) * smallS;
  const count = Math.floor(rounded / lengthS);
  const rest = Math.round((rounded - count * lengthS) / smallS);
  return rest === 0 ? `${count} ${name}` : `${count} ${name} ${rest} ${smallName}`;
}
