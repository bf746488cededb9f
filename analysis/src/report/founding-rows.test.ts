// SPDX-License-Identifier: Apache-2.0
/** Summaries: read by column name, refused where they are wrong, compared without pretence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundingRows } from './founding-rows.js';
import { readFoundingSummary } from './founding-summary.js';
import { renderFoundingTable } from './founding-table.js';

const HEADER =
  'cpu,metric,version,exact_version,value,median_value,cv,mad_ratio,status,ok_runs,failed_runs,' +
  'failure_reasons\n';
const OPTIONS = { metric: 'ns', good: 'g', bad: 'b', candidate: 'c' };
const TEXT =
  `${HEADER}1,ns,g,1.0,100,100,0.01,0,ok,5,0,\n` +
  '1,ns,b,2.0,200,200,0.01,0,ok,5,0,\n' +
  '1,ns,c,3.0,150,170,0.2,0,partial,4,1,"died, of /opt/lab/run.sh"\n';

test('faster and gap closed are given by mean and by median', () => {
  const [row] = foundingRows(readFoundingSummary(TEXT), OPTIONS);
  assert.deepEqual(row?.byMean, { faster: 0.25, gapClosed: 0.5 });
  assert.deepEqual(row?.byMedian, { faster: 0.15, gapClosed: 0.3 });
});

test('a failed run makes the row supporting, and its reason loses the folders only', () => {
  const [row] = foundingRows(readFoundingSummary(TEXT), OPTIONS);
  assert.equal(row?.status, 'supporting');
  assert.deepEqual(row.reasons, [
    'c: 1 of 5 runs failed (died, of run.sh)',
    'run counts differ (g 5, b 5, c 4)',
  ]);
});

test('mean and median that tell different stories are warned of, and a wide spread too', () => {
  const [row] = foundingRows(readFoundingSummary(TEXT), OPTIONS);
  assert.deepEqual(row?.warnings, [
    'mean and median tell different stories: gap closed 20.0 points apart',
    'c varies by CV 20.0%',
  ]);
});

test('the table says that it has no intervals', () => {
  const table = renderFoundingTable(readFoundingSummary(TEXT), OPTIONS);
  assert.ok(table.includes('no intervals: the source has summaries only\n'));
});

test('columns are found by name, and what is missing is named', () => {
  const [cell] = readFoundingSummary(
    'metric,cpu,value,median_value,version,exact_version,cv,ok_runs,failed_runs,failure_reasons\n' +
      'ns,4,1.5,1.25,v,v1,0,3,0,\n',
  );
  assert.equal(cell?.smp, 4);
  assert.equal(cell?.mean, 1.5);
  assert.throws(() => readFoundingSummary('cpu,metric\n1,ns\n'), /line 2: no column version/);
  assert.throws(() => readFoundingSummary(TEXT.replace('200,200', 'fast,200')), /line 3: value is/);
  assert.throws(
    () => foundingRows(readFoundingSummary(TEXT), { ...OPTIONS, bad: 'x' }),
    /of x at 1/,
  );
});
