// SPDX-License-Identifier: Apache-2.0
/** A few slow boots pull the mean of a kernel away from its median, and every report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { meanStories } from './mean-stories.js';
import { FORMATS } from './report/formats.js';
import { buildRecord } from './testing/record-builder.js';
import { statedSweep } from './testing/sample-records.js';

const STEADY = [100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1];
const WITH_SLOW_BOOTS = [100, 101, 99, 160, 99.5, 150, 99.8, 100.1];

function sweep(old: readonly number[], hostsMax = 1) {
  const values = { old, new: STEADY.map((value) => value * 2) };
  return buildRecord(statedSweep(values, { hostsMax }));
}

function storiesOf(record: ReturnType<typeof sweep>): string[] {
  return meanStories(analyseSweep(record).rows[0]?.metrics[0]?.cells ?? []);
}

test('nothing is said where mean and median agree', () => {
  assert.deepEqual(storiesOf(sweep(STEADY)), []);
});

test('slow boots of the baseline are told of its level and of the change', () => {
  assert.deepEqual(storiesOf(sweep(WITH_SLOW_BOOTS)), [
    'old: mean 113.7 and median 100 tell different stories',
    'change of new: 1.76x by means and 2.00x by medians tell different stories',
  ]);
});

test('two hosts of unlike levels are no story, what happens inside their blocks is', () => {
  assert.deepEqual(storiesOf(sweep(STEADY, 2)), []);
  assert.match(storiesOf(sweep(WITH_SLOW_BOOTS, 2)).join(), /^change of new: 1\.\d+x by means/);
});

test('every page has the mean beside the median, and the warning', () => {
  const record = sweep(WITH_SLOW_BOOTS);
  const report = analyseSweep(record);
  for (const { name, render } of FORMATS) {
    if (!['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests', 'gobench'].includes(name)) continue;
    const page = String(render({ record, report, options: {} })).replaceAll(/\s+/g, ' ');
    assert.match(page, /mean 113\.7 and median 100 tell different stories/, name);
  }
  for (const name of ['text', 'mail', 'markdown', 'html']) {
    const format = FORMATS.find((each) => each.name === name);
    const page = String(format?.render({ record, report, options: {} })).replaceAll(/\s+/g, ' ');
    // The mean of the new kernel, of which there is no warning.
    assert.match(page, /\b200\.0\b/, name);
    assert.match(page, /\bmeans?\b.*\b200\.0\b/, name);
  }
});
