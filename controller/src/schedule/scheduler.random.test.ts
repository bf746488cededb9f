// SPDX-License-Identifier: Apache-2.0
/**
 * Labs under a virtual clock: one with faults of all sorts in a random order, one with rows of
 * unlike length, one with a thousand hosts.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type HostId, type SweepId, seededRandom } from '@labsweep/proto';
import { isEnded } from '../fold/lab-state.js';
import { hostNamed, outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { testSeed } from '../testing/test-seed.js';
import type { Grant } from './schedule-view.js';

function spec(repetitions: number, smp: readonly number[]): string {
  const text = submittedEntry().specText;
  return text
    .replace('repetitions = 2', `repetitions = ${repetitions}`)
    .replace('smp = [1, 2]', `smp = [${smp.join(', ')}]`);
}

const big = (name: string) => ({ ...hostNamed(name), capacity: { cpus: 64, memoryMib: 8_192 } });

test('In no order of events are two live leases on one block, and the sweep ends.', (context) => {
  const random = seededRandom({ seed: testSeed(context), purpose: 'scheduler' });
  for (let round = 0; round < 40; round += 1) {
    const lab = ScheduleLab.begun(submittedEntry({ specText: spec(3, [1, 2]) }));
    const names = ['a', 'b', 'c', 'd'];
    const grants = new Map<HostId, Grant>();
    const sweep = lab.state.sweeps.get(SWEEP);
    assert(sweep);
    for (let step = 0; !isEnded(sweep) && step < 20_000; step += 1) {
      const isCalm = step > 400;
      const name = names[random.nextBelow(names.length)] ?? '';
      const host = name as HostId;
      const held = lab.scheduler.leases.ofHost(host);
      switch (random.nextBelow(isCalm ? 4 : 8)) {
        case 0:
          if (lab.scheduler.roster.get(host)?.attached !== true) lab.come(big(name));
          break;
        case 1:
        case 2: {
          const grant = grants.get(host);
          if (held === undefined || grant?.lease !== held.lease) break;
          for (const trial of grant.trials) {
            const { attempt, block } = grant;
            const status = !isCalm && random.nextBelow(6) === 0 ? 'lab-failed' : 'measured';
            assert.ok(trial.startsWith(block));
            lab.fold(outcomeEntry(trial, { attempt, host, hostName: name, status }));
            if (!isCalm && random.nextBelow(8) === 0) break;
          }
          const gaveBack = random.nextBelow(2) === 0 ? 'returned' : 'unready';
          lab.end(name, isCalm || random.nextBelow(4) > 0 ? 'finished' : gaveBack);
          break;
        }
        case 3:
          lab.pass(1_000 + random.nextBelow(60_000));
          break;
        case 4:
          lab.scheduler.left(host, lab.nowMs);
          break;
        case 5:
          // Silence: leases run out.
          lab.nowMs += 20_000;
          lab.scheduler.tick();
          break;
        case 6: {
          const stale = grants.get(host);
          if (stale === undefined) break;
          lab.scheduler.ended(host, { ...stale, end: 'finished', reason: '' }, lab.nowMs);
          break;
        }
        default: {
          const grant = grants.get(host);
          if (grant === undefined) break;
          lab.come(big(name));
          const { trials: _, kind: __, ...claim } = grant;
          lab.scheduler.keep(host, claim, lab.nowMs);
        }
      }
      for (const grant of lab.grants()) grants.set(grant.host, grant);
      if (random.nextBelow(isCalm ? 2 : 40) === 0) release(lab, names);
      const leases = lab.scheduler.leases.all();
      const blocks = new Set(leases.map(({ block }) => block));
      assert.equal(blocks.size, leases.length, `round ${round}, step ${step}`);
    }
    if (!isEnded(sweep)) assert.fail(`round ${round}: ${lab.waiting().join('; ')}`);
  }
});

/** Hosts that were set aside are taken back, as a user would. */
function release(lab: ScheduleLab, names: readonly string[]): void {
  for (const name of names) {
    const command = { kind: 'release', host: name as HostId } as const;
    const id = `${lab.nowMs} ${name}`;
    lab.fold({ type: 'host-commanded', id, atMs: lab.nowMs, by: 'tester', command });
  }
}

test('At the end no host is idle for as long as one block, with rows of unlike length.', () => {
  const smp = [1, 2, 4, 8, 16];
  const lab = ScheduleLab.begun(submittedEntry({ specText: spec(6, smp) }));
  const names = ['a', 'b', 'c', 'd'];
  lab.come(...names.map(big));
  const trialMs = (block: string) => 1_000 * Number(/smp(\d+)/.exec(block)?.[1]);
  const running = new Map<string, { grant: Grant; untilMs: number }>();
  const idleSinceMs = new Map<string, number>();
  const repetitions: number[] = [];
  const start = () => {
    for (const grant of lab.grants()) {
      repetitions.push(Number(grant.block.split('/r')[1]));
      running.set(grant.host, { grant, untilMs: lab.nowMs + 2 * trialMs(grant.block) });
    }
  };
  start();
  while (running.size > 0) {
    const [host, { grant, untilMs }] = [...running].reduce((a, b) =>
      b[1].untilMs < a[1].untilMs ? b : a,
    );
    lab.pass(untilMs - lab.nowMs);
    for (const trial of grant.trials) {
      const changes = { host: grant.host, durationMs: trialMs(grant.block) };
      lab.fold(outcomeEntry(trial, changes));
    }
    running.delete(host);
    lab.end(host);
    start();
    if (!running.has(host)) idleSinceMs.set(host, lab.nowMs);
  }
  assert.deepEqual(repetitions, [...repetitions].sort(), 'early repetitions of all rows first');
  const idleMs = names.map((name) => lab.nowMs - (idleSinceMs.get(name) ?? 0));
  assert.ok(Math.max(...idleMs) < 2 * trialMs('smp16'), idleMs.join());
});

test('A thousand hosts and a hundred thousand blocks: a grant looks at rows, not at blocks.', (context) => {
  const smp = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const sweeps = Array.from({ length: 10 }, (_, index) =>
    submittedEntry({ sweep: `sweep-${index}` as SweepId, specText: spec(1_000, smp) }),
  );
  const lab = ScheduleLab.begun(...sweeps);
  lab.come(...Array.from({ length: 1_000 }, (_, index) => big(`host-${index}`)));
  let grants = lab.grants();
  assert.equal(grants.length, 1_000);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    for (const grant of grants) {
      for (const trial of grant.trials) {
        lab.fold(outcomeEntry(trial, { sweep: grant.sweep, host: grant.host }));
      }
    }
    const ended = grants;
    grants = ended.flatMap(({ host }) => {
      const before = performance.now();
      const next = lab.end(host).grants();
      times.push(performance.now() - before);
      return next;
    });
    assert.equal(grants.length, 1_000);
  }
  times.sort((a, b) => a - b);
  const [median, p99] = [0.5, 0.99].map((part) => times[Math.floor(times.length * part)] ?? 0);
  context.diagnostic(`a grant: median ${median?.toFixed(3)} ms, p99 ${p99?.toFixed(3)} ms`);
});
