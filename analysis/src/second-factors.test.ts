// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { buildRecord } from './testing/record-builder.js';
import type { Told } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

/** The reasons of a row whose trials say this, by kernel and repetition. */
function reasons(told: (kernel: string, repetition: number) => Told): readonly string[] {
  const [row] = analyseSweep(buildRecord(plainSweep({ rows: [qemuRow(1, { told })] }))).rows;
  return row?.status.reasons ?? [];
}

const hygiene = (governor: string): Told => ({
  hygiene: { mode: 'observe', before: { governor }, after: {}, warnings: [], disturbances: [] },
});

test('what is the same for all kernels of a block is no second factor', () => {
  assert.deepEqual(
    reasons(() => hygiene('performance')),
    [],
  );
  // Between blocks it cancels out, as unlike hosts do.
  assert.deepEqual(
    reasons((_, repetition) => hygiene(repetition > 1 ? 'performance' : 'powersave')),
    [],
  );
});

test('a governor that was changed inside a block is named with its kernels', () => {
  const found = reasons((kernel) => hygiene(kernel === 'v6.17' ? 'powersave' : 'performance'));
  assert.equal(found.length, 1);
  assert.match(found[0] ?? '', /^second factor: frequency governor /);
  assert.match(found[0] ?? '', /powersave \(v6\.17\)/);
  assert.match(found[0] ?? '', /performance \(v6\.1[26], v6\.1[26]\)/);
});

test('turbo is read under the name that the look at the host gives it', () => {
  const turbo = (value: string): Told => ({
    hygiene: {
      mode: 'observe',
      before: { turbo: value },
      after: {},
      warnings: [],
      disturbances: [],
    },
  });
  const [reason] = reasons((kernel) => turbo(kernel === 'v6.17' ? 'boost=1' : 'boost=0'));
  assert.match(reason ?? '', /^second factor: turbo .*boost=1 \(v6\.17\)/);
});

test('another clock, machine or core class is one as well; silence is none', () => {
  const odd = (fact: string, value: string) =>
    reasons((kernel) => ({ facts: { [fact]: kernel === 'v6.17' ? value : 'x' } }));
  for (const [fact, words] of [
    ['clocksource_end', 'clocksource'],
    ['machine_type', 'machine type'],
    ['vcpu_core_class', 'core class'],
    ['smp_by', 'way to the CPU count'],
    ['thp_enabled', 'huge pages'],
  ] as const) {
    assert.ok(
      odd(fact, 'y').some((reason) => reason.startsWith(`second factor: ${words} `)),
      fact,
    );
  }
  const silent = reasons((kernel) => (kernel === 'v6.17' ? {} : hygiene('performance')));
  assert.deepEqual(silent, []);
});
