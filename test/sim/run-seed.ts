// SPDX-License-Identifier: Apache-2.0
/**
 * A run with faults, and one of the same night without any: the reports must agree. Users ask the
 * same in both.
 */
import { ViolationError } from './checkers/checker.js';
import { lastingText } from './lab/command-script.js';
import { World } from './machine/world.js';
import { nightOf, type RunEnd, simulate } from './simulate.js';

/** Faultless reports by what they depend on: seeds often draw the same. */
const faultless = new Map<string, string>();

export async function runSeed(seed: number, print?: (line: string) => void): Promise<RunEnd> {
  const end = await simulate({ seed, faulty: true, ...(print === undefined ? {} : { print }) });
  if (end.violation !== undefined || end.report === undefined) return end;
  const { main, chains } = nightOf(new World(seed));
  const key = `${main.specText}${lastingText(chains)}`;
  const expected = faultless.get(key) ?? (await faultlessReport(seed));
  faultless.set(key, expected);
  if (end.report === expected) return end;
  const detail = firstDifference(expected, end.report);
  return {
    ...end,
    violation: new ViolationError('the report is that of a night without faults', detail),
  };
}

async function faultlessReport(seed: number): Promise<string> {
  const end = await simulate({ seed, faulty: false });
  if (end.report !== undefined) return end.report;
  const story = end.story.join('\n');
  throw new Error(`seed ${seed} fails without faults: ${end.violation?.message}\n${story}`);
}

function firstDifference(expected: string, found: string): string {
  const lines = expected.split('\n');
  const others = found.split('\n');
  const length = Math.max(lines.length, others.length);
  const index = Array.from({ length }).findIndex((_, at) => lines[at] !== others[at]);
  return `line ${index + 1} is '${others[index]}', not '${lines[index]}'`;
}
