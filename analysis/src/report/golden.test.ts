// SPDX-License-Identifier: Apache-2.0
/**
 * Whole outputs against files in testdata, and the founding numbers against the reference data
 * beside the repository. LABSWEEP_UPDATE_GOLDEN=1 rewrites the files; review the diff.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import { summarise } from '../statistics/summary.js';
import type { RatioEstimate } from '../statistics/welch.js';
import { bareMetalSweep, bothEnvironments } from '../testing/founding-records.js';
import { compareGolden } from '../testing/golden-file.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordOptions } from '../testing/record-options.js';
import { reference } from '../testing/reference-data.js';
import { panicBeforeInit, qemuRow } from '../testing/sample-records.js';
import { parseCsv } from './csv.js';
import { foundingRows } from './founding-rows.js';
import { readFoundingSummary } from './founding-summary.js';
import { renderFoundingTable } from './founding-table.js';
import { renderCsv } from './render-csv.js';
import { renderLiveTable } from './render-live-table.js';
import { renderText } from './render-text.js';

const FOUNDING = {
  metric: 'iteration_ns_per_page',
  good: '6.12',
  bad: '6.19',
  candidate: 'mm-unstable',
};

/** Two QEMU rows, a native one, a failed and rerun trial, a finding, and a gap. */
const SWEEP: RecordOptions = {
  seed: 20_260_623,
  repetitions: 6,
  baseline: 'v6.16',
  gap: { good: 'v6.16', bad: 'v6.17', candidate: 'v6.17-fix' },
  rows: [
    qemuRow(1, { kernels: ['v6.16', 'v6.17', 'v6.17-fix'] }),
    qemuRow(4, { kernels: ['v6.16', 'v6.17', 'v6.17-fix'] }),
    { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels: ['host'] },
  ],
  failures: [panicBeforeInit('qemu-smp4/r2/v6.17')],
};

test('the report of a finished sweep is as it was reviewed', () => {
  compareGolden('finished.txt', renderText(analyseSweep(buildRecord(SWEEP))));
});

test('the report of an interrupted sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'interrupted', entriesMax: 22 });
  compareGolden('interrupted.txt', renderText(analyseSweep(record)));
});

test('the live table of a running sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'running', entriesMax: 22 });
  compareGolden('live.txt', `${renderLiveTable(analyseSweep(record)).join('\n')}\n`);
});

test('results.csv of an interrupted sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'interrupted', entriesMax: 12 });
  compareGolden('results.csv.txt', renderCsv(record));
});

test('the founding table has the founding numbers, to the digit', (context) => {
  const text = reference(context, 'lab-smp-summary.csv');
  if (text === undefined) return;
  const percent = (fraction: number | undefined): string => ((fraction ?? 0) * 100).toFixed(1);
  const rows = foundingRows(readFoundingSummary(text), FOUNDING);
  assert.deepEqual(
    rows.map((row) => [
      row.smp,
      percent(row.byMean.faster),
      percent(row.byMean.gapClosed),
      row.status,
    ]),
    [
      [1, '9.1', '19.8', 'clean'],
      [2, '13.5', '32.2', 'clean'],
      [4, '12.5', '28.0', 'clean'],
      [8, '10.9', '26.6', 'clean'],
      [16, '11.3', '28.8', 'supporting'],
    ],
  );
  assert.equal(percent(rows[0]?.byMedian.gapClosed), '28.0');
  assert.match(rows[0]?.warnings[0] ?? '', /different stories/);
  assert.match(rows[4]?.reasons[0] ?? '', /^6\.12: 1 of 9 runs failed \(qemu_failure: .*139/);
});

test('the founding table is as it was reviewed', (context) => {
  const text = reference(context, 'lab-smp-summary.csv');
  if (text === undefined) return;
  compareGolden('founding.txt', renderFoundingTable(readFoundingSummary(text), FOUNDING));
});

test('the bare-metal steps have the levels that their report gave', (context) => {
  const text = reference(context, 'bare-metal-steps.csv');
  if (text === undefined) return;
  const [header = [], ...steps] = parseCsv(text);
  const [kernel, value] = [header.indexOf('kernel'), header.indexOf('iteration_ns_per_page')];
  const levels = (release: string): number[] =>
    steps.filter((step) => step[kernel]?.startsWith(release)).map((step) => Number(step[value]));
  assert.deepEqual(summarise(levels('6.16.0')), {
    n: 3,
    median: 25,
    mean: 25,
    min: 25,
    max: 25,
    mad: 0,
    stdev: 0,
    cv: 0,
  });
  const newest = summarise(levels('6.19.9'));
  assert.equal(newest.median, 37);
  assert.equal(newest.mean.toFixed(3), '36.667');
  assert.equal(newest.stdev?.toFixed(4), '0.5774');
});

test('the whole numbers of the bare-metal steps are told as a quantum', (context) => {
  const text = reference(context, 'bare-metal-steps.csv');
  if (text === undefined) return;
  const record = buildRecord(bareMetalSweep(text));
  compareGolden('bare-metal.txt', renderText(analyseSweep(record)));
});

test('the lab and the bare metal side by side: the founding ran no kernel in both', (context) => {
  const summary = reference(context, 'lab-smp-summary.csv');
  const steps = reference(context, 'bare-metal-steps.csv');
  if (summary === undefined || steps === undefined) return;
  const record = buildRecord(bothEnvironments({ summary, steps, smp: [1, 2] }));
  const text = renderText(analyseSweep(record));
  compareGolden('native-virtual.txt', text);
  assert.match(
    text.replaceAll(/\s+/g, ' '),
    /no kernel ran in both environments: these are levels/,
  );
});

test('had the lab booted the image of the bare metal, its one kernel would compare', (context) => {
  const summary = reference(context, 'lab-smp-summary.csv');
  const steps = reference(context, 'bare-metal-steps.csv');
  if (summary === undefined || steps === undefined) return;
  const options = bothEnvironments({ summary, steps, smp: [1] });
  const releases = { ...options.releases, '6.19.9-bm-6.19.9': '6.19.9' };
  const { sideBySide } = analyseSweep(buildRecord({ ...options, releases }));
  const [pair] = sideBySide.pairs;
  assert.deepEqual(
    pair?.matches.map(({ label, native, virtual }) => [label, native, virtual]),
    [['6.19.9', '6.19.9-bm-6.19.9', '6.19']],
  );
  assert.equal(pair?.metrics[0]?.levels[0]?.ratio?.ratio.toFixed(1), '14.9');
  assert.deepEqual(pair?.metrics[0]?.effects, []);
});

/** Of six blocks: levels of v6.16, and in the same order what v6.17 takes of each. */
const MATCHED: Readonly<Record<string, Readonly<Record<'qemu' | 'native', BlockSeries>>>> = {
  iteration_ns_per_page: {
    qemu: { levels: [200, 210, 220, 230, 240, 250], factors: [2.08, 2.17, 2.1, 2.15, 2.11, 2.13] },
    native: {
      levels: [24, 24.5, 25, 25.5, 26, 26.5],
      factors: [1.47, 1.49, 1.475, 1.485, 1.47, 1.49],
    },
  },
  protect_ns_per_page: {
    qemu: { levels: [50, 52, 54, 56, 58, 60], factors: [2.9, 3.1, 2.95, 3.05, 2.98, 3.02] },
    native: {
      levels: [4, 4.1, 4.2, 4.3, 4.4, 4.5],
      factors: [1.88, 1.92, 1.89, 1.91, 1.895, 1.905],
    },
  },
  restore_ns_per_page: {
    qemu: { levels: [50, 51, 52, 53, 54, 55], factors: [1.48, 1.52, 1.49, 1.51, 1.47, 1.53] },
    native: {
      levels: [6, 6.1, 6.2, 6.3, 6.4, 6.5],
      factors: [1.47, 1.53, 1.48, 1.52, 1.49, 1.51],
    },
  },
  post_touch_ns_per_page: {
    qemu: {
      levels: [100, 104, 108, 112, 116, 120],
      factors: [1.25, 1.27, 1.24, 1.28, 1.26, 1.26],
    },
    native: {
      levels: [10, 10.2, 10.4, 10.6, 10.8, 11],
      factors: [0.98, 1.02, 0.99, 1.01, 1, 1.01],
    },
  },
};

interface BlockSeries {
  readonly levels: readonly number[];
  readonly factors: readonly number[];
}

/** Two kernels in a guest and on the metal of one box, as a spec asks for them. */
function matchedPair(): RecordOptions {
  const kernels = ['v6.16', 'v6.17'];
  const names = Object.keys(MATCHED);
  return {
    seed: 1,
    hostsMax: 1,
    repetitions: 6,
    baseline: 'v6.16',
    releases: { 'v6.16': '6.16.12', 'v6.17': '6.17.13' },
    metrics: names.map((name) => ({ name, unit: 'ns/page', direction: 'lower', meaning: '' })),
    rows: [
      qemuRow(1, {
        kernels,
        ran: 'qemu-kvm',
        guest: { trims: ['mitigations-off'] },
        told: () => ({ facts: { boot_trims: 'mitigations-off', thp_enabled: 'always' } }),
      }),
      {
        ...{ id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels },
        native: { scheduler: 'fifo:10' },
        told: () => ({ facts: { clocksource_end: 'tsc', thp_enabled: 'madvise' } }),
      },
    ],
    values: ({ row, kernel, repetition }) =>
      Object.fromEntries(
        Object.entries(MATCHED).map(([name, sides]) => {
          const { levels, factors } = sides[row.startsWith('native') ? 'native' : 'qemu'];
          const [level = 0, factor = 0] = [levels[repetition - 1], factors[repetition - 1]];
          return [name, kernel === 'v6.17' ? level * factor : level];
        }),
      ),
  };
}

test('a matched pair has its levels, its effects and its agreement phase by phase', () => {
  const report = analyseSweep(buildRecord(matchedPair()));
  const text = renderText(report);
  compareGolden('native-virtual-matched.txt', text);
  // Of six ratios the interval is the smallest and the largest one.
  const sentences = [
    'iteration_ns_per_page: the guest shows +112% [+108, +117], native +48% [+47, +49]: same ' +
      'direction, size differs 2.3x',
    'protect_ns_per_page: the guest shows +200% [+190, +210], native +90% [+88, +92]: same ' +
      'direction, size differs 2.2x',
    'restore_ns_per_page: the guest shows +50% [+47, +53], native +50% [+47, +53]: same ' +
      'direction, no clear difference in size',
    'post_touch_ns_per_page: the guest shows +26% [+24, +28], native ~ [-2.0, +2.0]: only the ' +
      'guest shows a clear effect',
  ];
  for (const sentence of sentences) {
    assert.ok(text.replaceAll(/\s+/g, ' ').includes(sentence), `${sentence}\n${text}`);
  }
});

test('levels and sizes of a matched pair are those that other software gives', () => {
  const [pair] = analyseSweep(buildRecord(matchedPair())).sideBySide.pairs;
  /**
   * By SciPy 1.17: means of logarithms, `t.ppf(0.975, df)` at Satterthwaite's whole degrees. Sizes
   * by R 4.2.2: medians of the means of all pairs of logarithms.
   */
  const expected: Readonly<Record<string, readonly string[]>> = {
    iteration_ns_per_page: [
      ...['8.8902 8.1150 9.7395', '12.7536 11.5816 14.0441'],
      ...['1.4346 1.4105 1.4590', '2.343'],
    ],
    protect_ns_per_page: [
      ...['12.9266 11.9752 13.9536', '20.4061 18.7296 22.2326'],
      ...['1.5786 1.5395 1.6188', '2.222'],
    ],
    restore_ns_per_page: [
      ...['8.3987 8.0452 8.7678', '8.3987 7.9693 8.8513'],
      ...['1.0000 0.9799 1.0205', '1.000'],
    ],
    post_touch_ns_per_page: [
      ...['10.4615 9.7124 11.2684', '13.1600 12.1597 14.2426'],
      ...['1.2580 1.2366 1.2796', 'virtual-only'],
    ],
  };
  const digits = (ratio: RatioEstimate | undefined): string =>
    [ratio?.ratio, ratio?.low, ratio?.high].map((each) => each?.toFixed(4)).join(' ');
  for (const { metric, levels, effects } of pair?.metrics ?? []) {
    const agreement = effects[0]?.agreement;
    assert.ok(agreement !== undefined && agreement.kind !== 'unknown', metric);
    const size =
      agreement.kind === 'same-direction' ? agreement.sizeFactor.toFixed(3) : agreement.kind;
    const found = [
      ...levels.map(({ ratio }) => digits(ratio)),
      digits(agreement.effectRatio),
      size,
    ];
    assert.deepEqual(found, expected[metric], metric);
  }
  assert.equal(pair?.metrics.length, 4);
});
