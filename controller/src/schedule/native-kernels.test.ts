// SPDX-License-Identifier: Apache-2.0
/** A native row over several kernels: what is leased, and what waits for a host to be rebooted. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostDescription, HostId, LogEntry } from '@labsweep/proto';
import { isEnded } from '../fold/lab-state.js';
import { buildLease } from '../lease-order.js';
import { hostNamed, outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';

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

/** A controller that has just started, with these trials in its log. */
function labWith(...trials: readonly LogEntry[]) {
  const lab = ScheduleLab.begun(submittedEntry({ specText: SPEC }), ...trials);
  const sweep = lab.state.sweeps.get(SWEEP);
  assert(sweep);
  return { lab, sweep };
}

const done = (trial: string, host = 'host-a') =>
  outcomeEntry(`${ROW}/${trial}`, { environment: 'native', host: host as HostId });

function booted(name: string, release: string): HostDescription {
  return { ...hostNamed(name, ['native']), facts: { kernel_release: release } };
}

function granted(lab: ScheduleLab, hosts: readonly HostDescription[]) {
  const grants = lab.come(...hosts).grants();
  return grants.map(({ host, attempt, trials }) => `${host} a${attempt}: ${trials.join(' ')}`);
}

const reasons = (lab: ScheduleLab, hosts: readonly HostDescription[]) =>
  lab.come(...hosts).waiting();

test('Only the trials of the booted kernel are leased, and those of `host` on any.', () => {
  const { lab } = labWith();
  const host = booted('host-a', 'release-2');
  assert.deepEqual(granted(lab, [host]), [`host-a a1: ${ROW}/r1/new ${ROW}/r1/running`]);
  assert.deepEqual(reasons(lab, [host]), [], 'a row in which something can run does not wait');
});

test('A row whose blocks are half done waits, for each kernel that is lacking.', () => {
  const ended = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const { lab } = labWith(...ended);
  const host = booted('host-a', 'release-2');
  assert.deepEqual(granted(lab, [host]), []);
  assert.deepEqual(reasons(lab, [host]), [
    `${ROW} waits for host-a to boot release-1 (it runs release-2)`,
  ]);
  const other = booted('host-a', 'release-9');
  const fresh = labWith(done('r1/running'), done('r2/running'));
  assert.deepEqual(granted(fresh.lab, [other]), []);
  assert.deepEqual(reasons(fresh.lab, [other]), [
    `${ROW} waits for host-a to boot release-1 (it runs release-9); ` +
      'waits for host-a to boot release-2 (it runs release-9)',
  ]);
});

test('After the reboot the same attempt goes on with what was lacking, and ends the sweep.', () => {
  const first = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const host = booted('host-a', 'release-1');
  assert.deepEqual(granted(labWith(...first).lab, [host]), [`host-a a1: ${ROW}/r1/old`]);
  const { lab } = labWith(...first, done('r1/old'));
  assert.deepEqual(granted(lab, [host]), [`host-a a1: ${ROW}/r2/old`]);
  assert.deepEqual(reasons(lab, [host]), []);
  assert.equal(isEnded(labWith(...first, done('r1/old'), done('r2/old')).sweep), true);
});

test('A block that one host has begun waits for that host, whatever another one runs.', () => {
  const ended = ['r1/new', 'r1/running', 'r2/new', 'r2/running'].map((trial) => done(trial));
  const { lab } = labWith(...ended);
  const hosts = [booted('host-a', 'release-2'), booted('host-b', 'release-1')];
  assert.deepEqual(granted(lab, hosts), []);
  assert.deepEqual(reasons(lab, hosts), [
    `${ROW} waits for host-a to boot release-1 (it runs release-2)`,
  ]);
});

test('A host that can no longer run a row does not keep a block that it has begun.', () => {
  const { lab } = labWith(done('r1/new'));
  const owner = booted('host-a', 'release-2');
  const useless = { ...owner, supports: [] };
  assert.deepEqual(granted(lab, [useless, booted('host-b', 'release-2')]), [
    `host-b a2: ${ROW}/r1/new ${ROW}/r1/running`,
  ]);
});

test('A lease names the release that must be booted, and none for `host`.', () => {
  const { lab, sweep } = labWith();
  const hosts = [booted('host-a', 'release-2')];
  const [grant] = lab.come(...hosts).grants();
  assert(grant);
  const { lease: id, epoch } = grant;
  const lease = buildLease(sweep, grant, { lease: id, epoch, durationMs: 1 });
  assert.deepEqual(
    lease.trials.map(({ kernel, image }) => [kernel, image?.release]),
    [
      ['new', 'release-2'],
      ['running', undefined],
    ],
  );
});
