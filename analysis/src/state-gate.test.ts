// SPDX-License-Identifier: Apache-2.0
/** Which differences of state stop a comparison, and which are only shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostId, KernelName } from '@labsweep/proto';
import {
  checkState,
  differenceText,
  type StateEvidence,
  type StateSource,
  stateDifferences,
} from './state-gate.js';

const PAIR = { kernel: 'v6.17' as KernelName, baseline: 'v6.16' as KernelName };
const HUGE = 'mapping1.anon_huge_pages_kb';

/** Each observation is `kernel host value`; the value `-` leaves the key out. */
function evidence(source: StateSource, key: string, ...told: string[]): StateEvidence {
  return {
    source,
    observations: told.map((each) => {
      const [kernel, host, value = ''] = each.split(' ');
      return {
        kernel: kernel as KernelName,
        host: host as HostId,
        state: value === '-' ? { mappings: '1' } : { mappings: '1', [key]: value },
      };
    }),
  };
}

function stopped(given: StateEvidence): string[] {
  return stateDifferences([given], PAIR).map((each) => differenceText(each, PAIR));
}

test('the same state on both kernels stops nothing', () => {
  assert.deepEqual(stopped(evidence('audit', HUGE, 'v6.16 a 0', 'v6.17 a 0')), []);
});

test('huge pages on one kernel only stop the comparison, by value and unit', () => {
  assert.deepEqual(stopped(evidence('audit', HUGE, 'v6.16 a 0', 'v6.17 a 16384')), [
    'AnonHugePages of mapping 1: 0 kB on v6.16, 16384 kB on v6.17',
  ]);
});

test('a key that one kernel does not tell is a difference', () => {
  assert.deepEqual(stopped(evidence('audit', HUGE, 'v6.16 a -', 'v6.17 a 0')), [
    'AnonHugePages of mapping 1: absent on v6.16, 0 kB on v6.17',
  ]);
});

test('an audit that changes between repeats of one kernel stops the comparison', () => {
  assert.deepEqual(stopped(evidence('audit', HUGE, 'v6.16 a 0', 'v6.17 a 0', 'v6.17 a 2048')), [
    'AnonHugePages of mapping 1: 0 kB on v6.16, 0 or 2048 kB on v6.17',
  ]);
});

test('result lines stop a comparison only when no trial bridges the difference', () => {
  const key = 'vma_count_after';
  const deviating = ['v6.16 a 1', 'v6.16 a 1', 'v6.17 a 1', 'v6.17 a 3'];
  assert.deepEqual(stopped(evidence('result-line', key, ...deviating)), []);
  const apart = ['v6.16 a 1', 'v6.16 a 1', 'v6.17 a 2', 'v6.17 a 3'];
  assert.deepEqual(stopped(evidence('result-line', key, ...apart)), [
    'VMA count after: 1 on v6.16, 2 or 3 on v6.17',
  ]);
});

test('hosts may differ from each other, kernels on one host may not', () => {
  const hosts = ['v6.16 a 0', 'v6.17 a 0', 'v6.16 b 2048', 'v6.17 b 2048'];
  assert.deepEqual(stopped(evidence('audit', HUGE, ...hosts)), []);
  const crossed = ['v6.16 a 0', 'v6.17 a 2048', 'v6.16 b 2048', 'v6.17 b 0'];
  assert.equal(stopped(evidence('audit', HUGE, ...crossed)).length, 1);
  assert.equal(stopped(evidence('audit', HUGE, 'v6.16 a 0', 'v6.17 b 2048')).length, 1);
});

test('eligibility alone is noted and stops nothing', () => {
  const given = evidence('audit', 'mapping1.thp_eligible', 'v6.16 a 0', 'v6.17 a 1');
  assert.deepEqual(stopped(given), []);
  const check = checkState(given, {
    kernels: [PAIR.baseline, PAIR.kernel],
    reference: PAIR.baseline,
  });
  assert.deepEqual(check?.differing, [
    {
      key: 'mapping1.thp_eligible',
      effect: 'noted',
      values: [
        { kernel: 'v6.16', value: '0' },
        { kernel: 'v6.17', value: '1' },
      ],
    },
  ]);
  assert.deepEqual(check?.equal, [{ key: 'mappings', value: '1' }]);
});

test('a kernel that told nothing is missing, and differs from none', () => {
  const given = evidence('audit', HUGE, 'v6.16 a 0');
  assert.deepEqual(stopped(given), []);
  const row = { kernels: [PAIR.baseline, PAIR.kernel], reference: PAIR.baseline };
  assert.deepEqual(checkState(given, row)?.missing, ['v6.17']);
  assert.equal(checkState({ source: 'audit', observations: [] }, row), undefined);
});
