// SPDX-License-Identifier: Apache-2.0
/** A run with faults, and one of the same sweep without any: the reports must agree. */
import { ViolationError } from './checkers/checker.js';
import { sampleSweep } from './lab/sample-sweep.js';
import { World } from './machine/world.js';
import { type RunEnd, simulate } from './simulate.js';

/** Faultless reports by spec: seeds often draw the same sweep. */
const faultless = new Map<string, string>();

export async function runSeed(seed: number, print?: (line: string) => void): Promise<RunEnd> {
  const end = await simulate({ seed, faulty: true, ...(print === undefined ? {} : { print }) });
  if (end.violation !== undefined || end.report === undefined) return end;
  const { specText } = sampleSweep(new World(seed));
  const expected = faultless.get(specText) ?? (await faultlessReport(seed));
  faultless.set(specText, expected);
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
  throw new Error(`seed ${seed} fails without faults: ${end.violation?.message}`);
}

function firstDifference(expected: string, found: string): string {
  const lines = expected.split('\n');
  const others = found.split('\n');
  const index = lines.findIndex((line, at) => line !== others[at]);
  return `line ${index + 1} is '${others[index]}', not '${lines[index]}'`;
}
