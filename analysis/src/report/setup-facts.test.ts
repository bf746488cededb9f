// SPDX-License-Identifier: Apache-2.0
/** What readers are told of machines, where the kernel's own words would mislead them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { renderMarkdown } from './render-markdown.js';
import { machineLines } from './setup-facts.js';

test('NUMA nodes are counted, not listed', () => {
  const told = (list: string) => {
    const record = buildRecord(plainSweep({ hostsMax: 1 }));
    const hosts = record.hosts.map((host) => ({
      ...host,
      facts: { ...host.facts, numa_nodes: list },
    }));
    return machineLines({ ...record, hosts }).join('\n');
  };
  assert.match(told('0'), /, 1 NUMA node(,|$)/);
  assert.match(told('0-1'), /, 2 NUMA nodes/);
  assert.match(told('0-1,4,8-11'), /, 7 NUMA nodes/);
  for (const odd of ['absent', '', 'some']) assert.doesNotMatch(told(odd), /NUMA/, odd);
});

test('a list of the setup tells the settings of hosts and guests apart', () => {
  const facts = { thp_enabled: '[always] madvise never' };
  const record = buildRecord(plainSweep({ rows: [qemuRow(1, { told: () => ({ facts }) })] }));
  const hosts = record.hosts.map((host) => ({
    ...host,
    facts: { ...host.facts, thp_enabled: 'always [madvise] never' },
  }));
  const whole = { ...record, hosts };
  const text = renderMarkdown({ record: whole, report: analyseSweep(whole), options: {} });
  assert.match(text, /^- host THP: always \[madvise\] never$/m);
  assert.match(text, /^- guest THP: \[always\] madvise never$/m);
});
