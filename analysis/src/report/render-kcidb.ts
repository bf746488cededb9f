// SPDX-License-Identifier: Apache-2.0
/**
 * report.kcidb.json: the sweep as KCIDB 5.3 knows it, the database that kernel CI systems share.
 * One test object for each trial and metric, one for each verdict; what the schema has no place
 * for, such as intervals, goes to `misc`. It submits nothing.
 */
import { type KernelName, type TrialEnded, UsageError } from '@labsweep/proto';
import { divisorText } from '../block-design.js';
import { blockHistories } from '../block-history.js';
import type { Report, ReportKernel } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';
import { isDrawn, type Verdict } from '../verdict.js';
import { canBlame, claimsOf } from './headline.js';
import type { RenderParts } from './report-format.js';
import { type TrialRow, trialRows } from './trial-rows.js';

export const KCIDB_VERSION = { major: 5, minor: 3 } as const;

const ORIGIN = /^[a-z0-9_]+$/;

type Status = 'FAIL' | 'ERROR' | 'MISS' | 'PASS' | 'DONE' | 'SKIP';

/** Failures of the kernel itself; the others say that the reproducer did not come to an end. */
const KERNEL_FAILURES: ReadonlySet<string> = new Set([
  'panic',
  'oops',
  'reset',
  'boot-stuck',
  'unexpected-result',
]);

const VERDICT_STATUS: Readonly<Record<Verdict, Status>> = {
  slower: 'FAIL',
  faster: 'PASS',
  same: 'PASS',
  higher: 'DONE',
  lower: 'DONE',
  undecided: 'DONE',
  'too-few': 'DONE',
  'not-comparable': 'SKIP',
};

/** Ends with a newline. Throws UsageError for an origin that KCIDB would refuse. */
export function renderKcidb({ record, report, options }: RenderParts): string {
  const { origin = 'labsweep' } = options;
  if (!ORIGIN.test(origin)) {
    throw new UsageError(
      `origin: "${origin}" is no name for KCIDB; use lower-case letters, digits and _ only`,
    );
  }
  const id = (...parts: readonly (string | number)[]): string =>
    `${origin}:${[record.sweep, ...parts].join('-').replaceAll(/[\s\0]/g, '_')}`;
  const parts: KcidbParts = { record, report, origin, id };
  const { kernels } = report.head;
  const data = {
    version: KCIDB_VERSION,
    checkouts: kernels.map(({ name, release, source }) => ({
      id: id(name),
      origin,
      comment: release === '' ? name : `${name}: ${release}`,
      valid: true,
      misc: { source },
    })),
    builds: kernels.map((kernel) => buildOf(parts, kernel)),
    tests: [...trialTests(parts), ...skippedTests(parts), ...verdictTests(parts)],
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

interface KcidbParts {
  readonly record: SweepRecord;
  readonly report: Report;
  readonly origin: string;
  readonly id: (...parts: readonly (string | number)[]) => string;
}

function buildOf({ record, origin, id }: KcidbParts, { name, compiler, config }: ReportKernel) {
  const image = record.submitted.kernels.find((kernel) => kernel.name === name)?.image;
  const told = record.entries.filter(({ kernel }) => kernel === name);
  const machine = told.map(({ outcome }) => outcome.facts.machine).find(Boolean);
  return {
    id: id(name),
    origin,
    checkout_id: id(name),
    ...(machine === undefined || !/^[a-z0-9_]*$/.test(machine) ? {} : { architecture: machine }),
    ...(compiler === undefined ? {} : { compiler }),
    status: 'PASS' satisfies Status,
    misc: {
      ...(image === undefined ? {} : { image_sha256: image.sha256 }),
      ...(config === undefined ? {} : { config_sha256: config.sha256 }),
    },
  };
}

/** The baseline's second turn is of the same build. */
function buildId({ record: { spec }, id }: KcidbParts, kernel: KernelName): string {
  return id(kernel === spec.again ? spec.baseline : kernel);
}

function trialTests(parts: KcidbParts) {
  const { record, origin, id } = parts;
  const entries = new Map(record.entries.map((entry) => [entryKey(entry), entry]));
  return trialRows(record).map((row) => {
    const entry = entries.get(entryKey({ ...row, trial: `${row.block}/${row.kernel}` }));
    const { block, kernel, attempt, scenario, metric } = row;
    const names = [scenario, metric].filter((name) => name !== undefined && name !== '');
    return {
      id: id(block, kernel, `a${attempt}`, ...(names as string[])),
      origin,
      build_id: buildId(parts, kernel as KernelName),
      path: pathOf(row.workload, ...(names as string[])),
      status: statusOf(row),
      ...(row.value === undefined || row.status !== 'measured'
        ? {}
        : { number: { value: row.value, ...(row.unit ? { unit: row.unit } : {}) } }),
      start_time: new Date(row.started_at_ms).toISOString(),
      duration: row.duration_ms / 1000,
      environment: environmentOf(record, row, entry),
      misc: {
        repetition: row.repetition,
        attempt,
        accepted: row.accepted,
        purpose: row.purpose,
        block,
        ...(kernel === record.spec.again ? { is_second_turn: true } : {}),
        ...(row.failure === undefined ? {} : { failure: row.failure }),
        ...directionOf(record, metric),
      },
    };
  });
}

function entryKey(entry: { readonly trial: string; readonly attempt: number }): string {
  return `${entry.trial} ${entry.attempt}`;
}

function statusOf({ status, failure = '' }: TrialRow): Status {
  if (status === 'measured') return 'DONE';
  if (status === 'lab-failed') return 'MISS';
  return KERNEL_FAILURES.has(failure) ? 'FAIL' : 'ERROR';
}

function environmentOf(record: SweepRecord, row: TrialRow, entry: TrialEnded | undefined) {
  const cpuModel = record.hosts.find(({ id }) => id === entry?.host)?.facts.cpu_model;
  const { clocksource, clocksource_end } = entry?.outcome.facts ?? {};
  return {
    comment: [row.host, cpuModel].filter(Boolean).join(': '),
    misc: {
      environment: row.environment,
      smp: row.smp,
      ...(clocksource === undefined ? {} : { clocksource }),
      ...(clocksource_end === undefined ? {} : { clocksource_end }),
    },
  };
}

function directionOf({ spec }: SweepRecord, metric: string | undefined) {
  const direction = spec.workload.metrics.find(({ name }) => name === metric)?.direction;
  if (direction === undefined || direction === 'none') return {};
  return { direction: `${direction}_is_better` };
}

/** Planned, and never run. */
function skippedTests(parts: KcidbParts) {
  const { record, origin, id } = parts;
  return blockHistories(record).flatMap(({ planned, entries }) =>
    planned.trials
      .filter(({ kernel }) => !entries.some((entry) => entry.kernel === kernel))
      .map(({ kernel }) => ({
        id: id(planned.id, kernel, 'not-run'),
        origin,
        build_id: buildId(parts, kernel),
        path: pathOf(record.spec.workload.name),
        status: 'SKIP' satisfies Status,
        misc: { repetition: planned.repetition, block: planned.id },
      })),
  );
}

/** A change is a fault of the code only in a clean row whose order was drawn. */
function verdictTests({ record, report, origin, id }: KcidbParts) {
  return claimsOf(report).map(({ row, cell, judgement }) => {
    const { comparison, summary } = cell;
    const mayClaim = canBlame(report, row) && isDrawn(judgement.reasons);
    const status = VERDICT_STATUS[judgement.verdict];
    const isClaim = status === 'FAIL' || status === 'PASS';
    return {
      id: id(row.label, cell.kernel, 'verdict'),
      origin,
      build_id: id(cell.kernel),
      path: pathOf(row.workload, row.scenario, report.primary.name, 'verdict'),
      status: isClaim && !mayClaim ? ('DONE' satisfies Status) : status,
      ...(comparison.kind === 'compared' ? { number: { value: comparison.ratio.ratio } } : {}),
      environment: {
        comment: row.label,
        misc: { environment: row.environment, smp: row.shape.smp },
      },
      misc: {
        verdict: judgement.verdict,
        reasons: judgement.reasons,
        baseline: record.spec.baseline,
        ...(judgement.pAdjusted === undefined ? {} : { p_adjusted: judgement.pAdjusted }),
        ...(comparison.kind === 'compared'
          ? {
              ratio_of: `kernel / ${divisorText(report.head)}`,
              change_percent: comparison.changePercent,
              blocks: comparison.ratio.n,
            }
          : {}),
        ...(summary === undefined ? {} : { summary }),
        row_status: row.status,
        ...(row.noiseFloor === undefined ? {} : { noise_floor: row.noiseFloor }),
        ...(report.confounders.length === 0 ? {} : { confounders: report.confounders }),
        ...(row.gapClosed !== undefined && cell.kernel === report.gap?.candidate
          ? { gap: report.gap, gap_closed: row.gapClosed }
          : {}),
      },
    };
  });
}

/** A dot would make two nodes of one name. */
function pathOf(...names: readonly string[]): string {
  return ['labsweep', ...names.filter((name) => name !== '')]
    .map((name) => name.replaceAll(/[^A-Za-z0-9_-]/g, '_'))
    .join('.');
}
