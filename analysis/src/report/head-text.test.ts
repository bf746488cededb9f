// SPDX-License-Identifier: Apache-2.0
/** What the head of a report says of the workload's build. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep } from '../testing/sample-records.js';
import { renderHead } from './head-text.js';

function headOf(change: Partial<SweepRecord['submitted']['workload']>): string {
  const record = buildRecord(plainSweep());
  const workload = { ...record.submitted.workload, ...change };
  const report = analyseSweep({ ...record, submitted: { ...record.submitted, workload } });
  return renderHead(report).join('\n').replaceAll(/\s+/g, ' ');
}

test('compiler and flags stand beside the sha256 of the binary', () => {
  assert.match(
    headOf({ compiler: 'gcc 12.2.0', flags: ['-O2', '-static'] }),
    /binary sha256 b{12} gcc 12\.2\.0, flags -O2 -static scenario/,
  );
});

test('of a prebuilt binary it is said that they are not known', () => {
  assert.match(
    headOf({ compiler: '', flags: [] }),
    /sha256 b{12} prebuilt; its compiler and flags/,
  );
});

test('an agent that says what KVM is is not made to say it twice', () => {
  const record = buildRecord(plainSweep({ hostsMax: 1 }));
  const hosts = record.hosts.map((host) => ({
    ...host,
    facts: { ...host.facts, kvm_canary: 'KVM is unusable: SIGABRT' },
  }));
  const text = renderHead(analyseSweep({ ...record, hosts }))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  assert.match(text, /; KVM on box1 is unusable: SIGABRT/);
});
