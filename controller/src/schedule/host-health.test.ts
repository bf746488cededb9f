// SPDX-License-Identifier: Apache-2.0
/** When a host, a kernel or a pair of them is proposed for quarantine, and when no longer. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, HostCommand, HostId, KernelName } from '@labsweep/proto';
import { hostNamed, outcomeEntry } from '../testing/lab-harness.js';
import { FATAL_DEATHS_MIN, HostDeaths } from './host-deaths.js';
import { CANARY_FAILURES_MAX, HostHealth } from './host-health.js';

/** One trial of a block of its own. */
function trial(
  health: HostHealth,
  place: { host: string; kernel: string; block: number },
  good = false,
) {
  const { host, kernel, block } = place;
  const status = good ? 'measured' : 'lab-failed';
  const changes = { host: host as HostId, hostName: host, status } as const;
  health.observe(outcomeEntry(`qemu-smp1/r${block}/${kernel}`, changes));
}

const targets = (health: HostHealth, nowMs = 0) =>
  health.take(nowMs).map(({ command: { host, kernel } }) => `${host ?? '*'} ${kernel ?? '*'}`);

/** Sessions of one process. */
const ALIKE = { session: 's', startedAtMs: 0 };

const commanded = (command: HostCommand) =>
  ({ type: 'host-commanded', id: 'id', atMs: 0, by: 'tester', command }) as const;

test('Five attempts in a row that the lab failed quarantine their host, four do not.', () => {
  const health = new HostHealth(new HostDeaths());
  for (let block = 1; block <= 4; block += 1) {
    trial(health, { host: 'a', kernel: `k${block}`, block });
  }
  assert.deepEqual(targets(health), []);
  trial(health, { host: 'a', kernel: 'k5', block: 5 });
  const [proposal] = health.take(0);
  assert.match(
    proposal?.command.reason ?? '',
    /failed 5 attempts in a row on a; the last: Kernel panic/,
  );
});

test('A busy host and a spec that asks for too much are not the fault of the host.', () => {
  for (const failure of ['host-disturbed', 'cpu-mismatch', 'command-line-mismatch'] as const) {
    const health = new HostHealth(new HostDeaths());
    for (let block = 1; block <= 20; block += 1) {
      const entry = outcomeEntry(`qemu-smp1/r${block}/old`, { status: 'lab-failed' });
      const outcome = { ...entry.outcome, failure: { class: failure, message: '' } };
      health.observe({ ...entry, outcome });
    }
    assert.deepEqual(targets(health), []);
  }
});

test('A good attempt in between starts the count anew.', () => {
  const health = new HostHealth(new HostDeaths());
  for (let block = 1; block <= 12; block += 1) {
    trial(health, { host: 'a', kernel: `k${block}`, block }, block % 4 === 0);
  }
  assert.deepEqual(targets(health), []);
});

test('A kernel that fails where others are fine is kept off that host, and off all if two fail.', () => {
  const health = new HostHealth(new HostDeaths());
  const fail = (host: string) => {
    for (let block = 1; block <= 3; block += 1) {
      trial(health, { host, kernel: 'old', block });
      trial(health, { host, kernel: 'new', block }, true);
    }
  };
  fail('a');
  trial(health, { host: 'a', kernel: 'old', block: 4 });
  assert.deepEqual(targets(health), ['a old']);
  health.commanded(
    commanded({ kind: 'quarantine', host: 'a' as HostId, kernel: 'old' as KernelName, reason: '' }),
  );
  fail('b');
  assert.ok(targets(health).includes('* old'));
});

test('A proposal is made again until the log has it, and a release starts all counts anew.', () => {
  const health = new HostHealth(new HostDeaths());
  for (let block = 1; block <= 5; block += 1)
    trial(health, { host: 'a', kernel: `k${block}`, block });
  assert.deepEqual(
    [targets(health, 0), targets(health, 1), targets(health, 60_000)],
    [['a *'], [], ['a *']],
  );
  health.commanded(commanded({ kind: 'quarantine', host: 'a' as HostId, reason: '' }));
  trial(health, { host: 'a', kernel: 'k6', block: 6 });
  assert.deepEqual(targets(health, 200_000), []);
  health.commanded(commanded({ kind: 'release', host: 'a' as HostId }));
  trial(health, { host: 'a', kernel: 'k7', block: 7 });
  assert.deepEqual(targets(health, 300_000), []);
});

/** Host `a` under a kernel, by what its agent says of KVM. */
const kvmHost = (available: boolean, release = '6.12', version = '#1') => ({
  ...hostNamed('a'),
  facts: { kernel_release: release, kernel_version: version },
  supports: [{ environment: 'qemu-kvm' as const, available, reason: 'no sign of life' }],
});

test('A host whose KVM comes and goes is quarantined; one that never had it is not.', () => {
  const health = new HostHealth(new HostDeaths());
  for (let start = 0; start < 10; start += 1) health.came(kvmHost(false), ALIKE, start);
  assert.deepEqual(targets(health), []);
  const lose = (times: number) => {
    for (let start = 0; start < times; start += 1) {
      health.came(kvmHost(true), ALIKE, start);
      // Said twice, as by an agent that only dials again.
      health.came(kvmHost(false), ALIKE, start);
      health.came(kvmHost(false), ALIKE, start);
    }
  };
  lose(CANARY_FAILURES_MAX - 1);
  assert.deepEqual(targets(health), []);
  lose(1);
  const [proposal] = health.take(0);
  assert.match(proposal?.command.reason ?? '', /KVM came and went 3 times on a .*no sign of life/);
  health.commanded(commanded({ kind: 'quarantine', host: 'a' as HostId, reason: '' }));
  health.commanded(commanded({ kind: 'release', host: 'a' as HostId }));
  lose(CANARY_FAILURES_MAX - 1);
  assert.deepEqual(targets(health), [], 'a release starts the count anew');
});

test('A host that boots kernels with KVM and without by turns is not quarantined for it.', () => {
  const health = new HostHealth(new HostDeaths());
  for (let night = 0; night < 10; night += 1) {
    health.came(kvmHost(true, '6.12'), ALIKE, night);
    health.came(kvmHost(false, '6.19-tiny'), ALIKE, night);
    health.came(kvmHost(true, '6.17'), ALIKE, night);
    health.came(kvmHost(false, '6.17', '#2 without KVM'), ALIKE, night);
  }
  assert.deepEqual(targets(health), []);
  // What is really lost is seen, although another kernel ran between.
  for (let night = 0; night < CANARY_FAILURES_MAX; night += 1) {
    health.came(kvmHost(true, '6.12'), ALIKE, night);
    health.came(kvmHost(false, '6.19-tiny'), ALIKE, night);
    health.came(kvmHost(false, '6.12'), ALIKE, night);
  }
  assert.deepEqual(targets(health), ['a *']);
});

test('A trial that was measured under KVM sets the count of its losses back, no other trial does.', () => {
  const losses = (environment: 'qemu-kvm' | 'qemu-tcg', status: 'measured' | 'lab-failed') => {
    const health = new HostHealth(new HostDeaths());
    for (let night = 0; night < CANARY_FAILURES_MAX; night += 1) {
      health.came(kvmHost(true), ALIKE, night);
      const host = 'a' as HostId;
      health.observe(outcomeEntry('qemu-smp1/r1/old', { host, environment, status }));
      health.came(kvmHost(false), ALIKE, night);
    }
    return targets(health);
  };
  assert.deepEqual(losses('qemu-kvm', 'measured'), []);
  assert.deepEqual(losses('qemu-tcg', 'measured'), ['a *']);
  assert.ok(losses('qemu-kvm', 'lab-failed').includes('a *'));
});

test('A host that dies again and again in a block is quarantined; outcomes in between save it.', () => {
  const deaths = new HostDeaths();
  const health = new HostHealth(deaths);
  const host = hostNamed('a');
  const die = (times: number) => {
    for (let death = 0; death < times; death += 1) {
      deaths.began(host.id, 'qemu-smp1/r1' as BlockId);
      starts += 1;
      health.came(host, { session: `s${starts}`, startedAtMs: starts }, starts);
    }
  };
  let starts = 0;
  die(FATAL_DEATHS_MIN - 1);
  trial(health, { host: 'a', kernel: 'old', block: 1 }, true);
  die(FATAL_DEATHS_MIN - 1);
  assert.deepEqual(targets(health), []);
  die(1);
  const [proposal] = health.take(0);
  assert.equal(proposal?.id, `quarantine/a/*/death/s${starts}`);
  assert.match(
    proposal?.command.reason ?? '',
    /^a: its agent or the machine died 5 times in a row .*; the last: qemu-smp1\/r1$/,
  );
  health.commanded(commanded({ kind: 'quarantine', host: host.id, reason: '' }));
  health.commanded(commanded({ kind: 'release', host: host.id }));
  die(FATAL_DEATHS_MIN - 1);
  assert.deepEqual(targets(health), [], 'a release starts the count anew');
});
