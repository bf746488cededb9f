// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, HostSummary } from '@labsweep/proto';
import { renderHosts } from './hosts.js';
import { addAsk, rerunAsk } from './sweep-verbs.js';

const AT_MS = Date.UTC(2026, 10, 27, 1, 2, 3);

test('rerun takes all that failed or one row, and one of both', () => {
  assert.deepEqual(rerunAsk({ failed: true }), { kind: 'rerun-failed' });
  assert.deepEqual(rerunAsk({ row: 'qemu-smp1' }), { kind: 'rerun-row', row: 'qemu-smp1' });
  assert.throws(() => rerunAsk({}), /say what: --failed/);
  assert.throws(() => rerunAsk({ failed: true, row: 'x' }), /exclude each other/);
});

test('add takes repetitions or a kernel, whose source may hold an equals sign', () => {
  assert.deepEqual(addAsk({ repetitions: 5 }), { kind: 'add-repetitions', count: 5 });
  assert.deepEqual(addAsk({ kernel: 'new=debian:trixie/linux-image=6.12' }), {
    kind: 'add-kernel',
    kernel: { name: 'new', source: 'debian:trixie/linux-image=6.12' },
  });
  assert.throws(() => addAsk({}), /say what: --repetitions N, or --kernel/);
  assert.throws(() => addAsk({ repetitions: 1, kernel: 'a=b' }), /one after the other/);
  for (const text of ['new', '=file:x', 'new=']) {
    assert.throws(() => addAsk({ kernel: text }), /expected NAME=SOURCE/, text);
  }
});

const host = (changes: Partial<HostSummary>): HostSummary => ({
  host: 'id' as HostId,
  hostName: 'box-a',
  attached: true,
  seenAtMs: AT_MS,
  block: '',
  isDrained: false,
  quarantine: [],
  spooled: 0,
  trouble: '',
  labels: [],
  ...changes,
});

test('hosts are a table, with what keeps them from work below it', () => {
  const text = renderHosts({
    hosts: [
      host({ block: 'window-1/qemu-smp1/r2', labels: ['rack=7', 'fast'] }),
      host({ hostName: 'box-b', isDrained: true, trouble: 'its disk is full', spooled: 12 }),
      host({ hostName: 'box-c', attached: false, quarantine: ['by anna: hot'] }),
    ],
    quarantinedKernels: ['v6.18 by labsweep: panics'],
    lostCommands: [{ atMs: AT_MS, by: 'anna', text: 'the log has lost the `drain` of box-a' }],
  });
  assert.match(text, /^host +state +block +spooled +labels\n/);
  assert.match(text, /\nbox-a +busy +window-1\/qemu-smp1\/r2 +0 +rack=7 fast\n/);
  assert.match(text, /\nbox-b +idle, drained, in trouble +- +12 +-\n/);
  assert.match(text, /\nbox-c +away since 2026-11-27 01:02:03 UTC, quarantine +- +0 +-\n/);
  assert.match(text, /\nbox-b: its disk is full\nbox-c is in quarantine by anna: hot\n/);
  assert.match(text, /\nno host gets kernel v6\.18 by labsweep: panics\n/);
  assert.match(
    text,
    /\nasked at 2026-11-27 01:02:03 UTC: the log has lost the `drain` of box-a\n$/,
  );
  const nothing = { hosts: [], quarantinedKernels: [], lostCommands: [] };
  assert.equal(renderHosts(nothing), 'no hosts\n');
});
