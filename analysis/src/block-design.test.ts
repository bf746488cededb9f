// SPDX-License-Identifier: Apache-2.0
/**
 * What a report promises of intervals and of errors depends on whether anybody drew the order: the
 * same words for all designs would be false for three of four.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockOrder, Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import { measuredRecord } from './measurements/measured-record.js';
import { renderMail } from './report/mail/render-mail.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import { qemuRow } from './testing/sample-records.js';

const KERNELS = ['v6.16', 'v6.17', 'v6.18', 'v6.16.again'];

function ordered(order: BlockOrder): SweepRecord {
  return buildRecord({
    seed: 1,
    repetitions: 8,
    baseline: 'v6.16',
    rows: [qemuRow(1, { kernels: order === 'sandwich' ? KERNELS : KERNELS.slice(0, 3) })],
    order,
    ...(order === 'sandwich' ? { again: 'v6.16.again' } : {}),
  });
}

function table(): SweepRecord {
  const lines = Array.from({ length: 8 }, (_, index) =>
    ['A', 'B', 'C'].map((kernel, place) => `${kernel},ns,${100 + index + place * 50},${index + 1}`),
  );
  const text = ['kernel,metric,value,repetition', ...lines.flat()].join('\n');
  const sha256 = 'e'.repeat(64) as Sha256;
  return measuredRecord({ text, fileName: 'm.csv', sha256, sweep: 'm-1' as SweepId });
}

interface Promised {
  readonly record: SweepRecord;
  /** Of intervals by signed ranks. */
  readonly exact: string;
  /** Of any false change. */
  readonly chance: string;
}

const SYMMETRY = 'a block of equal kernels shows +d as often as -d';
const AT_MOST = 'the chance of any false change among 2 comparisons is at most 5.0%, by Holm';

const DESIGNS: Readonly<Record<string, Promised>> = {
  drawn: {
    record: ordered('interleaved'),
    exact: 'exact, whatever the distribution.',
    chance: `${AT_MOST};`,
  },
  sandwich: {
    record: ordered('sandwich'),
    exact: `exact if ${SYMMETRY}, which places that are not drawn by lot do not ensure.`,
    chance: `${AT_MOST}, if ${SYMMETRY};`,
  },
  listed: {
    record: ordered('listed'),
    exact: `exact if ${SYMMETRY}, which only an order drawn by lot ensures; this one was not.`,
    chance:
      'p is corrected by Holm for 2 comparisons; the order was not drawn, so no chance of a ' +
      'false change is promised;',
  },
  'a table': {
    record: table(),
    exact:
      `exact if ${SYMMETRY}, which only an order drawn by lot ensures; the order here is not ` +
      'known.',
    chance:
      'p is corrected by Holm for 2 comparisons; the order of the kernels is not known, so no ' +
      'chance of a false change is promised;',
  },
};

for (const [name, { record, exact, chance }] of Object.entries(DESIGNS)) {
  test(`what is promised of ${name} is what its order bears`, () => {
    const report = analyseSweep(record);
    const ranks = report.notes.filter((note) => note.includes('with signed ranks'));
    assert.deepEqual(ranks, [
      `Intervals of changes from 6 or more blocks: Hodges and Lehmann (1963) with signed ranks, ${exact}`,
    ]);
    const mail = renderMail({ record, report, options: {} }).replaceAll(/\s+/g, ' ');
    assert.ok(mail.includes(`(${chance}`), mail.slice(mail.indexOf('Verdicts against')));
    const divisor =
      name === 'sandwich' ? 'geometric mean of both turns of the baseline' : 'baseline';
    assert.ok(mail.includes(`changes are ratios inside blocks, kernel / ${divisor}, pooled`));
  });
}
