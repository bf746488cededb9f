// SPDX-License-Identifier: Apache-2.0
/**
 * A run with faults, and one of the same night without any: the reports must agree. Users ask the
 * same in both.
 */
import type { SweepRecord } from '@labsweep/analysis';
import { ViolationError } from './checkers/checker.js';
import { finalReport } from './final-report.js';
import { lastingText } from './lab/command-script.js';
import { World } from './machine/world.js';
import { nightOf, type RunEnd, type RunOptions, simulate } from './simulate.js';

type Night = Pick<RunOptions, 'seed' | 'isPlain' | 'print'>;

/** Of faultless nights, by what they depend on: seeds often draw the same. */
const faultless = new Map<string, RunEnd>();

export async function runSeed(night: Night): Promise<RunEnd> {
  const end = await simulate({ ...night, faulty: true });
  if (end.violation !== undefined || end.report === undefined) return end;
  const { main, chains } = nightOf(new World(night.seed, night.isPlain));
  const key = `${main.specText}${lastingText(chains)}`;
  const other = faultless.get(key) ?? (await faultlessEnd(night));
  faultless.set(key, other);
  const [expected = '', found = ''] = main.isPrecise
    ? commonReports(other, end)
    : [other.report, end.report];
  if (found === expected) return end;
  const detail = firstDifference(expected, found);
  return {
    ...end,
    violation: new ViolationError('the report is that of a night without faults', detail),
  };
}

/**
 * Which blocks a row has that stops early depends on which were under way by then. Those that both
 * nights have must give the same report.
 */
function commonReports(one: RunEnd, other: RunEnd): readonly string[] {
  const records = [one, other].flatMap(({ record }) => record ?? []);
  const ids = records.map((record: SweepRecord) => record.plan.blocks.map(({ id }) => id));
  const [first = [], second = []] = ids;
  const common = new Set(first.filter((id) => second.includes(id)));
  return records.map((record) => finalReport(record, common));
}

async function faultlessEnd({ seed, isPlain }: Night): Promise<RunEnd> {
  const end = await simulate({ seed, isPlain, faulty: false });
  if (end.report !== undefined) return end;
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
