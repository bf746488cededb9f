// SPDX-License-Identifier: Apache-2.0
/** The loop with fakes on all sides: what it says to agents and users when things happen to it. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type ControllerMessage,
  type HostId,
  type KnownReign,
  type LeaseId,
  type LogEntry,
  messageIdOf,
  NO_REIGN,
  PROTOCOL,
  type WatchEvent,
} from '@labsweep/proto';
import { ALIVE_INTERVAL_MS } from './agent-registry.js';
import { NEWS_INTERVAL_MS } from './outcome-news.js';
import type { AgentConnection } from './ports.js';
import { LEASE_DURATION_MS } from './schedule/lease-book.js';
import { SweepLoop } from './sweep-loop.js';
import {
  helloOf,
  outcomeEntry,
  SWEEP,
  submittedEntry,
  wholeAttempt,
} from './testing/lab-harness.js';

class FakeAgent implements AgentConnection {
  readonly heard: ControllerMessage[] = [];
  closed = false;
  /** Why it is to dial again. */
  closedFor: string | undefined;

  send(message: ControllerMessage): void {
    this.heard.push(message);
  }

  close(reason?: string): void {
    this.closed = true;
    this.closedFor = reason;
  }

  kinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }

  lease() {
    const message = this.heard.findLast(({ kind }) => kind === 'lease');
    assert(message?.kind === 'lease', this.kinds().join());
    return message.lease;
  }
}

const TERM = 3;

function newLab() {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const lock = { held: true };
  const outranks: KnownReign[] = [];
  const appended: LogEntry[] = [];
  const log: LogEntry[] = [];
  let leases = 0;
  const loop = new SweepLoop({
    clock,
    append: (entry) => appended.push(entry),
    history: async function* (_, lastSequence) {
      yield* log.slice(0, lastSequence);
    },
    newLeaseId: () => {
      leases += 1;
      return `lease-${leases}` as LeaseId;
    },
    isReigning: () => lock.held,
    reignName: 'reign-a',
    outranked: (by) => outranks.push(by),
    acknowledged: () => {},
    note: () => {},
    natsUrl: 'nats://127.0.0.1:1',
  });
  let sequence = 0;
  /** The entry comes through the log, and is on the broker's disk at once. */
  const fold = (entry: LogEntry) => {
    sequence += 1;
    log.push(entry);
    loop.entry(entry, sequence);
    loop.synced(sequence);
  };
  return { loop, clock, appended, lock, outranks, fold };
}

test('nothing is leased before the log has been read to its end', () => {
  const { fold, loop } = newLab();
  const agent = new FakeAgent();
  fold(submittedEntry());
  loop.hello(helloOf('host-a'), agent);
  assert.deepEqual(agent.kinds(), ['welcome']);
  loop.reign(TERM);
  assert.deepEqual(agent.kinds(), ['welcome', 'lease']);
});

test('a reign ends when an agent has obeyed another of its term, or one of a later term', () => {
  const { fold, loop, outranks } = newLab();
  fold(submittedEntry());
  loop.reign(TERM);
  const others = [
    { term: TERM, reign: 'reign-b' },
    { term: TERM + 1, reign: 'reign-b' },
  ];
  for (const seen of others) {
    const agent = new FakeAgent();
    loop.hello(helloOf('host-a', { seen }), agent);
    assert.deepEqual(agent.kinds(), [], 'it is neither welcomed nor given work');
  }
  assert.deepEqual(outranks, others);
  const before = [{ term: TERM - 1, reign: 'reign-b' }, { term: TERM, reign: 'reign-a' }, NO_REIGN];
  for (const seen of before) loop.hello(helloOf('host-a', { seen }), new FakeAgent());
  assert.equal(outranks.length, 2);
});

test('a lease says all that the agent needs, and the host is announced in the log once', () => {
  const { fold, loop, appended } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a'), agent);
  const { block, attempt, environment, shape, trials, workload } = agent.lease();
  assert.deepEqual([block, attempt, environment], ['qemu-smp1/r1', 1, 'qemu-tcg']);
  assert.deepEqual(shape, { smp: 1, memoryMib: 512 });
  assert.equal(trials.length, 2);
  for (const { kernel, image } of trials) {
    assert.equal(image?.release, kernel === 'old' ? 'release-1' : 'release-2');
  }
  assert.equal(workload.sha256, 'f'.repeat(64));
  assert.deepEqual(
    appended.map(({ type }) => type),
    ['host-joined'],
  );
});

test('a session that goes on with a block is announced, unless the log has it', () => {
  const { fold, loop, appended } = newLab();
  const { block, attempt, environment, sweep } = outcomeEntry('qemu-smp1/r1/old');
  const held = { lease: 'lease-x' as LeaseId, epoch: 1, sweep, block, attempt, environment };
  fold(submittedEntry());
  loop.reign(TERM);
  // What an earlier reign had to say of it was lost, or another process of the agent began it.
  loop.hello(helloOf('host-a', { holding: [held] }), new FakeAgent());
  const joined = appended.splice(0);
  assert.deepEqual(joined.map(messageIdOf), [`${sweep}/host/host-a/session-of-host-a`]);
  for (const entry of joined) fold(entry);
  loop.hello(helloOf('host-a', { holding: [held] }), new FakeAgent());
  assert.deepEqual(appended, []);
});

test('an outcome is settled with its agent, and the end of a block brings the next lease', () => {
  const { fold, loop, clock } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const agent = new FakeAgent();
  const hello = helloOf('host-a');
  loop.hello(hello, agent);
  const { lease } = agent.lease();
  const entries = wholeAttempt('qemu-smp1/r1');
  for (const entry of entries) fold(entry);
  clock.ms += NEWS_INTERVAL_MS;
  loop.tick();
  const settled = agent.heard.flatMap((message) =>
    message.kind === 'settled' ? message.messageIds : [],
  );
  assert.deepEqual(settled, entries.map(messageIdOf));
  const ended = { kind: 'block-ended', lease, end: 'finished', reason: '' } as const;
  loop.message(hello.host.id, agent, ended);
  assert.equal(agent.lease().block, 'qemu-smp2/r1');
});

test('an agent that falls silent loses its lease, one that beats keeps it', () => {
  const { fold, loop, clock } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const [quiet, lively] = [new FakeAgent(), new FakeAgent()];
  loop.hello(helloOf('host-a'), quiet);
  const hello = helloOf('host-b');
  loop.hello(hello, lively);
  const { lease, epoch } = lively.lease();
  for (; clock.ms <= LEASE_DURATION_MS; clock.ms += ALIVE_INTERVAL_MS) {
    loop.message(hello.host.id, lively, { kind: 'renew', lease, epoch });
  }
  loop.tick();
  assert.ok(quiet.kinds().includes('revoked'));
  assert.ok(!lively.kinds().includes('revoked'));
});

test('a restarted controller takes back what an agent says it holds, and settles what it knows', () => {
  const { fold, loop } = newLab();
  const done = outcomeEntry('qemu-smp1/r1/old');
  fold(submittedEntry());
  fold(done);
  loop.reign(TERM);
  const { block, attempt, environment, sweep } = done;
  const held = { lease: 'lease-x' as LeaseId, epoch: 1, sweep, block, attempt, environment };
  const agent = new FakeAgent();
  const unsettled = [messageIdOf(done), 'unheard-of'];
  loop.hello(helloOf('host-a', { holding: [held], unsettled }), agent);
  assert.deepEqual(agent.kinds(), ['welcome', 'folded', 'settled']);
  assert.deepEqual(agent.heard[2], { kind: 'settled', messageIds: [messageIdOf(done)] });
});

test('an agent that has missed a word asks again, and hears what is known', () => {
  const { fold, loop } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const done = outcomeEntry('qemu-smp1/r1/old');
  fold(done);
  const agent = new FakeAgent();
  // It said hello before it had the outcome, and was heard after the outcome was folded.
  loop.hello(helloOf('host-a'), agent);
  const before = agent.heard.length;
  const messageIds = [messageIdOf(done), 'unheard-of'];
  loop.message(done.host, agent, { kind: 'unsettled', messageIds });
  assert.deepEqual(agent.heard.slice(before), [
    { kind: 'folded', messageIds: [messageIdOf(done)], settledIds: [] },
    { kind: 'settled', messageIds: [messageIdOf(done)] },
  ]);
});

test('an agent that was killed hears which outcomes of its block are folded, and measures the rest', () => {
  const { fold, loop } = newLab();
  const done = outcomeEntry('qemu-smp1/r1/old');
  fold(submittedEntry());
  fold(done);
  loop.reign(TERM);
  const { block, attempt, environment, sweep } = done;
  const held = { lease: 'lease-x' as LeaseId, epoch: 1, sweep, block, attempt, environment };
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a', { holding: [held] }), agent);
  // With the welcome, or it would go on with the first trial before it hears of it.
  const [welcome, ...rest] = agent.heard;
  assert.deepEqual(welcome?.kind === 'welcome' && welcome.folded, [messageIdOf(done)]);
  // It may be in the spool, although the hello was on its way before it was.
  const messageIds = [messageIdOf(done)];
  assert.deepEqual(rest, [
    { kind: 'folded', messageIds, settledIds: [] },
    { kind: 'settled', messageIds },
  ]);
});

test('what is held of a sweep that ended is revoked', () => {
  const { fold, loop } = newLab();
  fold(submittedEntry());
  fold({ type: 'cancelled', sweep: SWEEP, atMs: 1, by: 'tester' });
  loop.reign(TERM);
  const { block, attempt, environment } = outcomeEntry('qemu-smp1/r1/old');
  const held = { lease: 'lease-x' as LeaseId, epoch: 1, sweep: SWEEP, block, attempt, environment };
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a', { holding: [held] }), agent);
  assert.deepEqual(agent.kinds(), ['welcome', 'revoked']);
});

test('a new session of a host displaces the old one, which no longer has a say', () => {
  const { fold, loop } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const [old, young] = [new FakeAgent(), new FakeAgent()];
  const hello = helloOf('host-a');
  loop.hello(hello, old);
  const { lease } = old.lease();
  loop.hello(helloOf('host-a', { session: 'second' }), young);
  assert.ok(old.closed);
  const count = young.heard.length;
  const ended = { kind: 'block-ended', lease, end: 'finished', reason: '' } as const;
  loop.message(hello.host.id, old, ended);
  assert.equal(young.heard.length, count);
});

test('a second machine with a copy of the state waits, then is refused; the first works on', () => {
  const { loop, clock } = newLab();
  loop.reign(TERM);
  const first = new FakeAgent();
  loop.hello(helloOf('host-a', { bootId: 'boot-1' }), first);
  const dial = () => {
    const clone = new FakeAgent();
    loop.hello(helloOf('host-a', { bootId: 'boot-2', session: 'session-clone' }), clone);
    return clone;
  };
  const waiting = dial();
  assert.deepEqual(waiting.kinds(), [], 'it is not refused for good');
  assert.match(waiting.closedFor ?? '', /under another boot; it is replaced once it was silent/);
  clock.ms += ALIVE_INTERVAL_MS;
  loop.message('host-a' as HostId, first, { kind: 'alive', spooled: 0, trouble: '' });
  const refused = dial();
  assert.deepEqual(refused.kinds(), ['refused']);
  assert.ok(JSON.stringify(refused.heard).includes('host-a (machine id host-a) is attached as'));
  assert.deepEqual([refused.closed, first.closed], [true, false]);
});

test('an agent that speaks another protocol is refused with both numbers', () => {
  const { loop } = newLab();
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a', { protocol: 99 }), agent);
  assert.deepEqual(agent.kinds(), ['refused']);
  assert.ok(JSON.stringify(agent.heard).includes(`protocol 99, this controller ${PROTOCOL}`));
  assert.ok(agent.closed);
});

test('a watcher gets the past, then the present, each decision, and its end with the sweep', async () => {
  const { fold, loop } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  for (const entry of wholeAttempt('qemu-smp1/r1')) fold(entry);
  const sweep = loop.sweep(SWEEP);
  assert(sweep);
  const events: WatchEvent[] = [];
  let ended = false;
  loop.watch(sweep, {
    send: (event) => events.push(event),
    drained: async () => {},
    end: () => {
      ended = true;
    },
    fail: (reason) => assert.fail(reason),
  });
  // It happens while the past is read, and waits for its turn.
  const [early, late] = wholeAttempt('qemu-smp2/r1');
  assert(early && late);
  fold(early);
  await setImmediate();
  fold(late);
  for (const block of ['qemu-smp1/r2', 'qemu-smp2/r2']) {
    assert.equal(ended, false);
    for (const entry of wholeAttempt(block)) fold(entry);
  }
  assert.equal(ended, true);
  const outcomes = events.filter(({ kind }) => kind === 'entry').length;
  assert.equal(outcomes, 1 + 8);
  const trials = events.flatMap((event) =>
    event.kind === 'entry' && event.entry.type === 'trial-ended' ? event.entry.trial : [],
  );
  assert.equal(new Set(trials).size, 8);
  assert.deepEqual(
    trials.slice(2, 4),
    [early, late].map((entry) => 'trial' in entry && entry.trial),
  );
  assert.equal(events.filter(({ kind }) => kind === 'decision').length, 4);
  const last = events.findLast((event) => event.kind === 'progress');
  assert(last?.kind === 'progress');
  assert.equal(last.progress.summary.state, 'finished');
});

test('folded is said when the block is, settled when the entry is on the disk of the broker', () => {
  const { loop, fold, clock } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a'), agent);
  const [first, second] = wholeAttempt('qemu-smp1/r1');
  assert(first?.type === 'trial-ended' && second);
  loop.entry(first, 10);
  assert.deepEqual(agent.kinds(), ['welcome', 'lease']);
  loop.entry(second, 11);
  // The next block need not wait until the agent has said that it ended this one.
  assert.deepEqual(agent.kinds(), ['welcome', 'lease', 'folded', 'lease']);
  assert.deepEqual(agent.heard[2], {
    kind: 'folded',
    messageIds: [first, second].map(messageIdOf),
    settledIds: [],
  });
  const [held, next] = agent.heard.flatMap((message) =>
    message.kind === 'lease' ? message.lease : [],
  );
  assert.deepEqual([held?.block, next?.block], ['qemu-smp1/r1', 'qemu-smp2/r1']);
  const ended = { kind: 'block-ended', lease: held?.lease as LeaseId, end: 'finished' } as const;
  loop.message(first.host, agent, { ...ended, reason: '' });
  assert.deepEqual(
    loop.leases().map(({ lease }) => lease),
    [next?.lease],
  );
  clock.ms += NEWS_INTERVAL_MS;
  loop.synced(10);
  assert.deepEqual(agent.heard.at(-1), { kind: 'settled', messageIds: [messageIdOf(first)] });
  const again = new FakeAgent();
  loop.hello(helloOf('host-a', { session: 'next', unsettled: [messageIdOf(second)] }), again);
  assert.deepEqual(again.kinds().slice(0, 2), ['welcome', 'folded']);
  assert.ok(!again.kinds().includes('settled'));
  loop.synced(11);
  assert.ok(again.kinds().includes('settled'));
});

test('a controller whose reign may be over grants and settles nothing', () => {
  const { loop, fold, lock, clock } = newLab();
  loop.reign(TERM);
  fold(submittedEntry());
  lock.held = false;
  const agent = new FakeAgent();
  loop.hello(helloOf('host-a'), agent);
  for (const entry of wholeAttempt('qemu-smp1/r1')) fold(entry);
  clock.ms += NEWS_INTERVAL_MS;
  loop.tick();
  assert.deepEqual(agent.kinds(), ['welcome']);
  lock.held = true;
  loop.tick();
  assert.equal(agent.lease().epoch, TERM * 2 ** 26 + 1);
});
