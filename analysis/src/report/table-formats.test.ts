// SPDX-License-Identifier: Apache-2.0
/**
 * A report on a table that was made elsewhere claims nothing that the table does not tell: no
 * reproducer, no order, no seed, no regression.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { measuredRecord } from '../measurements/measured-record.js';
import type { SweepRecord } from '../sweep-record.js';
import { compareGolden } from '../testing/golden-file.js';
import { FORMATS } from './formats.js';
import { MAIL_COLUMNS } from './mail/render-mail.js';

const SUM = '5a'.repeat(32) as Sha256;

/** Twelve blocks on two hosts; b takes twice as long. `columns` and `texts` are added to each. */
function tableRecord(columns = '', texts = ''): SweepRecord {
  const lines = ['box1', 'box2'].flatMap((host, place) =>
    [1, 2, 3, 4, 5, 6].flatMap((repetition) =>
      ['a', 'b'].map((kernel, index) => {
        const ratio = index === 0 ? 1 : 2 + (repetition % 3) / 100;
        const value = ((10 + place + repetition / 100) * ratio).toFixed(3);
        return `${kernel},lat_ns,${value},${repetition},${host}${texts}`;
      }),
    ),
  );
  return measuredRecord({
    text: [`kernel,metric,value,repetition,host${columns}`, ...lines, ''].join('\n'),
    fileName: 'multi.csv',
    sha256: SUM,
    sweep: 'multi-1' as SweepId,
  });
}

function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert(format !== undefined);
  return String(format.render({ record, report: analyseSweep(record), options: {} }));
}

test('the mail of a table is as it was reviewed', () => {
  const mail = render('mail', tableRecord());
  compareGolden('table.mail.txt', mail);
  assert.ok(mail.split('\n').every((line) => line.length <= MAIL_COLUMNS));
  assert.match(mail, /Made elsewhere and read from multi\.csv/);
  assert.match(mail, new RegExp(`sha256 of multi\\.csv:\n  ${SUM}`));
  assert.match(mail, /labsweep report --from multi\.csv --baseline a --metric lat_ns/);
});

test('no format invents a program, an order or a seed for a table', () => {
  const invented =
    /\.\/multi\.csv|labsweep run|seed 0|seed: 0|listed|every kernel once|one boot|not told as|workload not told|WorkloadNotTold/;
  for (const { name } of FORMATS.filter((format) => format.name !== 'json')) {
    assert.doesNotMatch(render(name, tableRecord()), invented, name);
  }
});

test('a table alone blames no kernel', () => {
  const record = tableRecord();
  const { rows } = analyseSweep(record);
  const [, judged] = rows[0]?.metrics[0]?.cells ?? [];
  assert(judged?.comparison.kind === 'compared');
  assert.equal(Math.round(judged.comparison.changePercent.estimate), 101);
  for (const { name } of FORMATS.filter((format) => format.name !== 'json')) {
    assert.doesNotMatch(render(name, record), /\[?REGRESSION|"FAIL"/, name);
  }
});

test('a workload that the table names keeps its name', () => {
  const record = tableRecord(',workload', ',toggle');
  assert.match(render('gobench', record), /^BenchmarkToggle\//m);
  assert.match(render('gobench', tableRecord()), /^BenchmarkMultiCsv\//m);
  assert.match(render('lkp', record), /native\/1\/-\/toggle/);
});

test('where no time is told, values stand by repetition', () => {
  const html = render('html', tableRecord());
  assert.doesNotMatch(html, /execution order/);
  assert.match(html, /Every value, by repetition/);
});
