// SPDX-License-Identifier: Apache-2.0
/**
 * results.bench.txt: the values that count as Go benchmark text, one line a trial, so that
 * benchstat compares them: `benchstat -col /kernel results.bench.txt`. benchstat knows no blocks;
 * with several hosts ask it for rows by `/host` too.
 */
import { divisorText } from '../block-design.js';
import type { Report } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';
import { floorSentences } from './floor-text.js';
import { statusSentence } from './status-text.js';
import { type TrialRow, trialRows } from './trial-rows.js';
import { verdictSentences } from './verdict-text.js';

/** Failures, verdicts, floors, row status and confounders are comments. Ends with a newline. */
export function renderGoBench(record: SweepRecord, report: Report): string {
  const { spec, submitted } = record;
  const rows = trialRows(record).filter(({ purpose }) => purpose === 'timing');
  const lines = [
    `sweep: ${oneLine(record.sweep)}`,
    `workload: ${oneLine([spec.workload.name, ...spec.workload.arguments].join(' '))}`,
    `baseline: ${oneLine(report.baseline)}`,
    ...(record.table === undefined
      ? [`seed: ${submitted.seed}`]
      : (record.provenance ?? []).map((line) => `# ${oneLine(line)}`)),
    ...spec.workload.metrics
      .filter(({ direction }) => direction !== 'none')
      .map(({ name, direction }) => `Unit ${word(name)} better=${direction}`),
    '',
    ...trialGroups(rows).map((trial) => trialLine(trial)),
    ...rows.filter(({ status }) => status !== 'measured').map(failureLine),
    `# changes are ratios inside blocks, kernel / ${divisorText(report.head)}`,
    ...verdictSentences(report).map((line) => `# ${oneLine(line)}`),
    ...floorSentences(report).map((line) => `# ${oneLine(line)}`),
    ...report.rows.map((row) => `# ${oneLine(`${row.label}: ${statusSentence(row.status)}`)}`),
    ...report.confounders.map((note) => `# note: ${oneLine(note)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The metrics of one trial in one scenario, in the order of the spec. */
function trialGroups(rows: readonly TrialRow[]): TrialRow[][] {
  const groups = new Map<string, TrialRow[]>();
  for (const row of rows) {
    if (row.status !== 'measured' || row.accepted === 'no' || row.value === undefined) continue;
    const key = JSON.stringify([row.block, row.kernel, row.attempt, row.scenario]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/**
 * Units are the names of the metrics: phases share a unit, and benchstat tells results apart by it.
 * `smp` stands last, since a name that ends in a number behind a hyphen loses it as GOMAXPROCS.
 */
function trialLine(trial: readonly TrialRow[]): string {
  const [first] = trial;
  if (first === undefined) return '';
  const keys = [
    ['kernel', first.kernel],
    ['env', first.environment],
    ['host', first.host],
    ...(first.scenario ? [['scenario', first.scenario]] : []),
    ['row', first.row],
    ['smp', String(first.smp)],
  ].map(([key = '', value = '']) => `${key}=${word(value)}`);
  const values = trial.map(({ value, metric = '' }) => `${value} ${word(metric)}`);
  return `Benchmark${camelCase(first.workload)}/${keys.join('/')} 1 ${values.join(' ')}`;
}

function failureLine({ block, kernel, attempt, status, failure }: TrialRow): string {
  return `# ${oneLine(`${block}/${kernel} attempt ${attempt}: ${status}: ${failure ?? ''}`)}`;
}

/** Starts with an upper-case letter, as the format asks. */
function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((each) => each !== '');
  const joined = words.map((each) => each.charAt(0).toUpperCase() + each.slice(1)).join('');
  return /^[A-Z]/.test(joined) ? joined : `W${joined}`;
}

/** One field of a name: blanks end it, and a slash begins the next. */
function word(text: string): string {
  return text.replaceAll(/[\s/=]+/g, '_');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
