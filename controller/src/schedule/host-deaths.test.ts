// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a block does not stay for ever with a host that dies of it. Method: one that dies in every
 * trial and is back well within its grace, beside another that is fit and idle.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, HostId, LeaseId } from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { DEATHS_MAX, FATAL_DEATHS_MIN, HostDeaths } from './host-deaths.js';

const A = 'host-a' as HostId;
const B = 'host-b' as HostId;
const FIRST = 'qemu-smp1/r1' as BlockId;

/** Host A has one of two outcomes of the first block, and B has nothing left to begin. */
function halfRun(): ScheduleLab {
  const spec = submittedEntry().specText.replace('repetitions = 2', 'repetitions = 1');
  const lab = ScheduleLab.begun(submittedEntry({ specText: spec })).come('host-a', 'host-b');
  const [first] = lab.grants();
  const [trial] = first?.trials ?? [];
  assert.ok(first?.host === A && first.block === FIRST && trial !== undefined);
  lab.fold(outcomeEntry(trial, { host: A, hostName: 'host-a' }));
  lab.fold(...wholeAttempt('qemu-smp2/r1', { host: B, hostName: 'host-b' })).end('host-b');
  return lab;
}

/** Away for five seconds; its agent is another process then. */
function die(lab: ScheduleLab, deaths: number): void {
  lab.scheduler.left(A, lab.nowMs);
  lab.pass(5_000).decide();
  lab.comeAs('host-a', { startedAtMs: deaths });
}

test('A host that dies in the same trial again and again loses its block to one that is fit.', () => {
  const lab = halfRun();
  for (let deaths = 1; deaths < DEATHS_MAX; deaths += 1) {
    die(lab, deaths);
    assert.deepEqual(lab.granted(), [`host-a ${FIRST} a1`], 'it may go on');
  }
  die(lab, DEATHS_MAX);
  assert.deepEqual(lab.granted(), [`host-b ${FIRST} a2`]);
});

test('An agent that takes up its lease again is stopped after as many deaths.', () => {
  const lab = halfRun();
  const held = { sweep: SWEEP, block: FIRST, attempt: 1, environment: 'qemu-tcg' as const };
  const keep = (deaths: number) => {
    const lease = `kept-${deaths}` as LeaseId;
    return lab.scheduler.keep(A, { ...held, lease, epoch: 100 + deaths }, lab.nowMs);
  };
  for (let deaths = 1; deaths < DEATHS_MAX; deaths += 1) {
    die(lab, deaths);
    assert.equal(keep(deaths), undefined);
  }
  die(lab, DEATHS_MAX);
  assert.match(keep(DEATHS_MAX) ?? '', /died 3 times in a row .*; the last: qemu-smp1\/r1$/);
  assert.deepEqual(lab.granted(), [`host-b ${FIRST} a2`]);
});

test('On one host alone the deaths end in a quarantine, although its leases have run out.', () => {
  const lab = ScheduleLab.begun(submittedEntry()).come('host-a');
  let grants = 0;
  for (let deaths = 1; deaths <= FATAL_DEATHS_MIN; deaths += 1) {
    grants += lab.pass(60_000).granted().length;
    lab.scheduler.left(A, lab.nowMs);
    lab.nowMs += 60_000;
    assert.match(lab.revoked().join(), /the lease ran out/);
    lab.comeAs('host-a', { startedAtMs: deaths });
  }
  assert.equal(grants, FATAL_DEATHS_MIN);
  const [decision] = lab.decide();
  assert.ok(decision?.kind === 'quarantine' && decision.proposal.command.host === A);
});

test('A stream that breaks, a block that is given back and an idle agent that ends are no deaths.', () => {
  const deaths = new HostDeaths();
  const round = (startedAtMs: number, before: () => void) => {
    deaths.came(A, startedAtMs);
    deaths.began(A, FIRST);
    before();
  };
  for (let start = 0; start < 10; start += 1) round(0, () => {});
  for (let start = 0; start < 10; start += 1) round(start, () => deaths.over(A));
  for (let start = 0; start < 10; start += 1) deaths.came(A, start);
  assert.equal(deaths.count(A), 0);
});
