// SPDX-License-Identifier: Apache-2.0
/** Goal: a native trial gets the CPUs that disturb it least, or a reason. Method: hosts by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_NATIVE, type NativeSettings } from '@labsweep/proto';
import { formatCpuList } from '../cpu-list.js';
import { type HostParts, makeHost } from '../testing/cpu-hosts.js';
import { placeTrial } from './native-placement.js';

interface Asked extends Partial<NativeSettings> {
  readonly smp?: number;
  readonly mayOffline?: boolean;
}

/** The placement in one line, or the class and message of the trouble. */
function place(asked: Asked, parts: HostParts = {}): string {
  const { smp = 1, mayOffline = false, ...native } = asked;
  const request = { smp, mayOffline, native: { ...DEFAULT_NATIVE, ...native } };
  const found = placeTrial(request, makeHost(parts));
  if ('class' in found) return `${found.class}: ${found.message}`;
  const { cpus, coreClass, smpBy, offline } = found;
  return `${formatCpuList(cpus)} ${coreClass} ${smpBy} -${formatCpuList(offline)}`;
}

const HYBRID: HostParts = {
  online: '0-7',
  performance: '0-3',
  efficiency: '4-7',
  cores: ['0-1', '2-3', '4', '5', '6', '7'],
};

describe('the choice', () => {
  const cases: readonly [string, Asked, HostParts, string][] = [
    ['leaves CPU 0 alone', { smp: 2 }, { allowed: '0,1,4,5' }, '4-5 uniform affinity -'],
    ['takes CPU 0 when it must', { smp: 2 }, { allowed: '0-1' }, '0-1 uniform affinity -'],
    [
      'takes one thread of each core',
      { smp: 2 },
      { online: '0-3', cores: ['0,2', '1,3'] },
      '2-3 uniform affinity -',
    ],
    [
      'takes CPU 0 before a second thread',
      { smp: 2 },
      { online: '0,2-3', cores: ['0', '2-3'] },
      '0,3 uniform affinity -',
    ],
    ['takes fast cores first', { smp: 2 }, HYBRID, '1,3 performance affinity -'],
    ['never mixes classes', { smp: 4 }, HYBRID, '0-3 performance affinity -'],
    [
      'takes slow cores when only they are enough',
      { smp: 3 },
      { ...HYBRID, allowed: '2-7' },
      '5-7 efficiency affinity -',
    ],
    ['takes the class asked for', { coreClass: 'efficiency' }, HYBRID, '7 efficiency affinity -'],
    ['takes named CPUs', { cpus: '2-5', smp: 2 }, {}, '4-5 uniform affinity -'],
    [
      'stays on the node',
      { numaNode: 0, smp: 2 },
      { nodes: ['0-3', '4-7'] },
      '2-3 uniform affinity -',
    ],
    ['of a uniform host is fast enough', { coreClass: 'performance' }, {}, '7 uniform affinity -'],
  ];
  for (const [name, asked, host, placement] of cases) {
    test(name, () => assert.equal(place(asked, host), placement));
  }
});

describe('other CPUs go offline', () => {
  const may: Asked = { mayOffline: true };
  const cases: readonly [string, Asked, HostParts, string][] = [
    ['and CPU 0, which cannot go, is used', { ...may, smp: 2 }, {}, '0,7 uniform offline -1-6'],
    ['CPU 0 too where it can go', may, { fixed: '' }, '7 uniform offline -0-6'],
    ['slow cores too', { ...may, smp: 2 }, HYBRID, '0,3 performance offline -1-2,4-7'],
    ['unless the agent may not', { smp: 2 }, {}, '6-7 uniform affinity -'],
    ['unless the spec wants affinity', { ...may, smpBy: 'affinity' }, {}, '7 uniform affinity -'],
    [
      'unless a named CPU leaves CPU 0 out',
      { ...may, cpus: '4-5', smp: 2 },
      {},
      '4-5 uniform affinity -',
    ],
    [
      'unless a process that we descend from would lose all of its CPUs',
      may,
      { fixed: '', lineage: ['0-7', '3'] },
      '7 uniform affinity -',
    ],
    [
      'and no permission is needed where none is left over',
      { smp: 8 },
      {},
      '0-7 uniform offline -',
    ],
  ];
  for (const [name, asked, host, placement] of cases) {
    test(name, () => assert.equal(place(asked, host), placement));
  }
});

describe('what cannot be placed says why', () => {
  const cases: readonly [string, Asked, HostParts, RegExp][] = [
    ['too few', { smp: 9 }, {}, /^cpu-mismatch: smp = 9 .* may use 8 CPUs \(0-7\); ask for fewer/],
    [
      'too few of any one class',
      { smp: 5 },
      HYBRID,
      /^cpu-mismatch: .* 4 performance CPUs \(0-3\) or 4 efficiency CPUs \(4-7\)/,
    ],
    [
      'a class that is not there',
      { coreClass: 'efficiency' },
      {},
      /^cpu-mismatch: .*core_class = efficiency, but .* none of that class \(it has 0-7\)/,
    ],
    [
      'named CPUs of two classes',
      { cpus: '3-4' },
      HYBRID,
      /^cpu-mismatch: cpus = 3-4 mixes .* 3 are performance cores, 4 are efficiency cores/,
    ],
    [
      'a named CPU that is offline',
      { cpus: '6-9' },
      {},
      /^cpu-mismatch: cpus = 6-9 .* but 8-9 of them are not online \(0-7 are\)/,
    ],
    [
      'a named CPU that is not ours',
      { cpus: '0-1' },
      { allowed: '1-3' },
      /^cpu-mismatch: .* but 0 of them are not allowed to this agent \(1-3 are\)/,
    ],
    [
      'a named CPU on another node',
      { cpus: '3-4', numaNode: 0 },
      { nodes: ['0-3', '4-7'] },
      /^cpu-mismatch: .* but 4 of them are not on the NUMA node/,
    ],
    [
      'a node that is not there',
      { numaNode: 3 },
      { nodes: ['0-7'] },
      /^placement-mismatch: .* has 0$/,
    ],
    [
      'offline without permission',
      { smpBy: 'offline' },
      {},
      /^placement-mismatch: .*no permission for it; start it with `--may offline-cpus`/,
    ],
    [
      'offline, and CPU 0 may not be used',
      { smpBy: 'offline', mayOffline: true },
      { allowed: '2-7' },
      /^placement-mismatch: .*: CPU 0 cannot go offline and may not be used by this trial/,
    ],
    [
      'offline on a host whose CPUs are fixed',
      { smpBy: 'offline', mayOffline: true },
      { fixed: '0-7' },
      /^placement-mismatch: .*: CPU 0-7 cannot go offline, and smp = 1 is fewer/,
    ],
    [
      'offline under a parent that is pinned elsewhere',
      { smpBy: 'offline', mayOffline: true },
      { fixed: '', lineage: ['0-7', '3'] },
      /^placement-mismatch: .*process 101, which this agent descends from, is pinned to 3/,
    ],
  ];
  for (const [name, asked, host, message] of cases) {
    test(name, () => assert.match(place(asked, host), message));
  }
});
