// SPDX-License-Identifier: Apache-2.0
/** A native row over several kernels: what is leased, and what waits for a host to be rebooted. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, LeaseId, LogEntry, SweepId } from '@labsweep/proto';
import { applyEntry } from '../fold/apply-entry.js';
import { emptyLabState, isEnded } from '../fold/lab-state.js';
import { buildLease } from '../lease-order.js';
import { hostNamed, outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { schedule } from './schedule.js';
import type { KnownHost } from './schedule-view.js';
import { waitingRows } from './waiting-rows.js';

/** The harness pins `old` to `release-1` and `new` to `release-2`. */
const SPEC = `
name = "window"
repetitions = 2
order = "listed"
[kernels]
old = "file:a"
new = "file:b"
running = "host"
[workload]
source = "toggle.c"
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
kernels = ["old", "new", "running"]
`;

const ROW = 'native-smp1';

function labWith(...trials: readonly LogEntry[]) {
  const lab = emptyLabState();
  applyEntry(lab, submittedEntry({ specText: SPEC }));
  for (const entry of trials) applyEntry(lab, entry);
  const sweep = lab.sweeps.get(SWEEP as SweepId);
  assert(sweep);
  return { lab, sweep };
}

const done = (trial: string, host = 'host-a') =>
  outcomeEntry(`${ROW}/${trial}`, { environment: 'native', host: host as HostId });

function booted(name: string, release: string): KnownHost {
  const description = { ...hostNamed(name, ['native']), facts: { kernel_release: release } };
  return { description, attached: true, seenAtMs: 0 };
}

function granted(lab: ReturnType<typeof labWith>['lab'], hosts: readonly KnownHost[]) {
  const decisions = schedule({ lab, hosts, leases: [], startedAtMs: 0, nowMs: 1_000 });
  return decisions.flatMap((decision) =>
    decision.kind === 'grant'
      ? [`${decision.host} a${decision.attempt}: ${decision.trials.join(' ')}`]
      : [],
  );
}

const reasons = (sweep: ReturnType<typeof labWith>['sweep'], hosts: readonly KnownHost[]) =>
  waitingRows(sweep, hosts).map(({ row, reason }) => `${row} ${reason}`);

test('Only the trials of the booted kernel are leased, and those of `host` on any.', () => {
  const { lab, sweep } = labWith();
  const host = booted('host-a', 'release-2');
  assert.deepEqual(granted(lab, [host]), [`host-a a1: ${ROW}/r1/new ${ROW}/r1/running`]);
  assert.deepEqual(reasons(sweep, [host]), [], 'a row in which something can run does not wait');
});

test('A row whose blocks are half done waits, for each kernel that is lacking.', () => {
  const ended = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const { lab, sweep } = labWith(...ended);
  const host = booted('host-a', 'release-2');
  assert.deepEqual(granted(lab, [host]), []);
  assert.deepEqual(reasons(sweep, [host]), [
    `${ROW} waits for host-a to boot release-1 (it runs release-2)`,
  ]);
  const other = booted('host-a', 'release-9');
  const fresh = labWith(done('r1/running'), done('r2/running'));
  assert.deepEqual(granted(fresh.lab, [other]), []);
  assert.deepEqual(reasons(fresh.sweep, [other]), [
    `${ROW} waits for host-a to boot release-1 (it runs release-9); ` +
      'waits for host-a to boot release-2 (it runs release-9)',
  ]);
});

test('After the reboot the same attempt goes on with what was lacking, and ends the sweep.', () => {
  const first = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const host = booted('host-a', 'release-1');
  assert.deepEqual(granted(labWith(...first).lab, [host]), [`host-a a1: ${ROW}/r1/old`]);
  const { lab, sweep } = labWith(...first, done('r1/old'));
  assert.deepEqual(granted(lab, [host]), [`host-a a1: ${ROW}/r2/old`]);
  assert.deepEqual(reasons(sweep, [host]), []);
  assert.equal(isEnded(labWith(...first, done('r1/old'), done('r2/old')).sweep), true);
});

test('A block that one host has begun waits for that host, whatever another one runs.', () => {
  const ended = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const { lab, sweep } = labWith(...ended);
  const hosts = [booted('host-a', 'release-2'), booted('host-b', 'release-1')];
  assert.deepEqual(granted(lab, hosts), []);
  assert.deepEqual(reasons(sweep, hosts), [
    `${ROW} waits for host-a to boot release-1 (it runs release-2)`,
  ]);
});

test('A host that can no longer run a row does not keep a block that it has begun.', () => {
  const { lab } = labWith(done('r1/new'));
  const owner = booted('host-a', 'release-2');
  const useless = { ...owner, description: { ...owner.description, supports: [] } };
  assert.deepEqual(granted(lab, [useless, booted('host-b', 'release-2')]), [
    `host-b a2: ${ROW}/r1/new ${ROW}/r1/running`,
  ]);
});

test('A lease names the release that must be booted, and none for `host`.', () => {
  const { lab, sweep } = labWith();
  const hosts = [booted('host-a', 'release-2')];
  const [grant] = schedule({ lab, hosts, leases: [], startedAtMs: 0, nowMs: 1_000 });
  assert(grant?.kind === 'grant');
  const lease = buildLease(sweep, grant, { lease: 'lease-1' as LeaseId, epoch: 1, durationMs: 1 });
  assert.deepEqual(
    lease.trials.map(({ kernel, image }) => [kernel, image?.release]),
    [
      ['new', 'release-2'],
      ['running', undefined],
    ],
  );
});
