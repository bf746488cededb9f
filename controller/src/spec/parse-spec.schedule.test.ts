// SPDX-License-Identifier: Apache-2.0
/** The table `[schedule]`: its keys, and the mistakes in it. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { DEFAULT_SCHEDULING } from '@labsweep/proto';
import { parseSpec } from './parse-spec.js';
import { breakSpec, SMALL_SPEC } from './testing/small-spec.js';
import { testMistakes } from './testing/test-mistakes.js';

function scheduling(text: string) {
  const result = parseSpec({ text, path: 's.toml' });
  assert(result.ok, JSON.stringify(result));
  return result.spec.scheduling;
}

const LAST = { from: 'environment = "native"\nsmp = [1]\n' };
const behind = (lines: string) => ({ ...LAST, to: `${LAST.from}[schedule]\n${lines}\n` });

test('A spec without the table runs anywhere, and an empty table says nothing else.', () => {
  assert.deepEqual(scheduling(SMALL_SPEC), DEFAULT_SCHEDULING);
  assert.deepEqual(scheduling(`${SMALL_SPEC}[schedule]\n`), DEFAULT_SCHEDULING);
});

test('Each key of the table has its place.', () => {
  const lines = [
    'priority = -5',
    'placement = "pin-row"',
    'labels = ["rack=7", "quiet"]',
    'host_class = "EPYC 7763"',
    'rerun = 0',
    'lab_failures_max = 3',
    'grace_s = 1.5',
  ];
  assert.deepEqual(scheduling(breakSpec(behind(lines.join('\n')))), {
    priority: -5,
    placement: 'pin-row',
    labels: ['rack=7', 'quiet'],
    hostClass: 'EPYC 7763',
    rerun: 0,
    labFailuresMax: 3,
    graceMs: 1500,
  });
});

testMistakes([
  {
    mistake: 'a priority beyond its bounds',
    ...behind('priority = 101'),
    told: [
      's.toml:22:12: schedule.priority: expected -100..100, got 101; for example `priority = 10`',
      'priority = 101',
      '           ^',
    ],
  },
  {
    mistake: 'a placement that does not exist',
    ...behind('placement = "pin-rows"'),
    told: [
      's.toml:22:13: schedule.placement: expected one of spread, pin-row, got "pin-rows"; did ' +
        'you mean `pin-row`?',
      'placement = "pin-rows"',
      '            ^',
    ],
  },
  {
    mistake: 'a label with a blank',
    ...behind('labels = ["rack 7"]'),
    told: [
      's.toml:22:11: schedule.labels[0]: expected a label of at most 64 letters, digits and `.` ' +
        '`_` `/` `=` `-`, got "rack 7"; for example `labels = ["rack=7"]`',
      'labels = ["rack 7"]',
      '          ^',
    ],
  },
  {
    mistake: 'a label that is listed twice',
    ...behind('labels = ["quiet", "quiet"]'),
    told: [
      's.toml:22:20: schedule.labels[1]: `quiet` is listed twice; name it once',
      'labels = ["quiet", "quiet"]',
      '                   ^',
    ],
  },
  {
    mistake: 'no retry for a lab that fails',
    ...behind('lab_failures_max = 0'),
    told: [
      's.toml:22:20: schedule.lab_failures_max: expected 1..10000, got 0; for example ' +
        '`lab_failures_max = 20`',
      'lab_failures_max = 0',
      '                   ^',
    ],
  },
  {
    mistake: 'a grace in words',
    ...behind('grace_s = "10 min"'),
    told: [
      's.toml:22:11: schedule.grace_s: expected a number, got "10 min"; for example ' +
        '`grace_s = 600`',
      'grace_s = "10 min"',
      '          ^',
    ],
  },
  {
    mistake: 'a slip in the name of a key of the schedule',
    ...behind('hostclass = "EPYC"'),
    told: [
      's.toml:22:1: schedule.hostclass: unknown key; did you mean `host_class`?',
      'hostclass = "EPYC"',
      '^',
    ],
  },
]);
