// SPDX-License-Identifier: Apache-2.0
/** Which of two agents that claim one machine id is the host. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type AgentHello, NO_REIGN, PROTOCOL } from '@labsweep/proto';
import { AgentRegistry, ALIVE_INTERVAL_MS, type Moment } from './agent-registry.js';
import { SILENT_MAX_MS } from './schedule/host-roster.js';
import { hostNamed } from './testing/lab-harness.js';

const hello = (session: string, instance: string, bootId = 'boot'): AgentHello => ({
  protocol: PROTOCOL,
  session,
  instance,
  bootId,
  startedAtMs: 0,
  acknowledgedSequence: 0,
  seen: NO_REIGN,
  host: hostNamed('host-a'),
  holding: [],
  unsettled: [],
});

const at = (steadyMs: number): Moment => ({ steadyMs, unixMs: 1_000 + steadyMs });

class Stream {
  closed = false;
  send(): void {}
  close(): void {
    this.closed = true;
  }
}

const HOST = hostNamed('host-a').id;

test('The same agent, restarted or dialling anew, displaces its old session at once.', () => {
  const agents = new AgentRegistry();
  const [first, again, restarted] = [new Stream(), new Stream(), new Stream()];
  assert.equal(agents.attach(hello('one', 'state'), first, at(0)), undefined);
  assert.equal(agents.attach(hello('one', 'state'), again, at(1)), undefined);
  assert.equal(agents.attach(hello('two', 'state'), restarted, at(2)), undefined);
  assert.deepEqual([first.closed, again.closed, restarted.closed], [true, true, false]);
  assert.equal(agents.detach(HOST, first), false, 'the end of an old stream ends nothing');
  assert.ok(agents.isCurrent(HOST, restarted));
});

test('A second agent is refused by the name of the first, until that one is silent.', () => {
  const agents = new AgentRegistry();
  const [first, second] = [new Stream(), new Stream()];
  agents.attach(hello('one', 'state-1'), first, at(0));
  const refusal = agents.attach(hello('two', 'state-2'), second, at(SILENT_MAX_MS));
  assert.equal(refusal?.isFinal, true);
  assert.match(
    refusal.reason,
    /^host-a \(machine id host-a\) is attached as session one since 1970/,
  );
  assert.ok(!first.closed);
  assert.equal(agents.attach(hello('two', 'state-2'), second, at(SILENT_MAX_MS + 1)), undefined);
  assert.ok(first.closed);
});

test('A displaced session does not come back while the one that displaced it lives.', () => {
  const agents = new AgentRegistry();
  agents.attach(hello('one', 'state'), new Stream(), at(0));
  agents.attach(hello('two', 'state'), new Stream(), at(1));
  const refusal = agents.attach(hello('one', 'state'), new Stream(), at(2));
  assert.equal(refusal?.isFinal, true);
  assert.match(refusal.reason, /session two .* has displaced this session/);
});

test('An agent with a copy of the state folder is refused once the first has spoken after it.', () => {
  const agents = new AgentRegistry();
  const first = new Stream();
  agents.attach(hello('one', 'state', 'boot-1'), first, at(0));
  const clone = (ms: number) =>
    agents.attach(hello('two', 'state', 'boot-2'), new Stream(), at(ms));
  assert.equal(clone(1_000)?.isFinal, false, 'the first may have died a moment ago');
  agents.heard(HOST, at(1_000 + ALIVE_INTERVAL_MS - 1));
  assert.equal(clone(1_000 + ALIVE_INTERVAL_MS)?.isFinal, false, 'it may have been read late');
  agents.heard(HOST, at(1_000 + ALIVE_INTERVAL_MS));
  const refusal = clone(2_000 + ALIVE_INTERVAL_MS);
  assert.equal(refusal?.isFinal, true);
  assert.match(
    refusal.reason,
    /^host-a \(machine id host-a\) is attached as session one since 1970.*a copy of this state folder/,
  );
  const again = hello('three', 'state', 'boot-2');
  assert.equal(
    agents.attach(again, new Stream(), at(9_000))?.isFinal,
    true,
    'nor its next process',
  );
  assert.ok(!first.closed);
});

test('The first proves that it lives by dialling again, too, on the boot that it is of.', () => {
  const agents = new AgentRegistry();
  agents.attach(hello('one', 'state', 'boot-1'), new Stream(), at(0));
  const clone = hello('two', 'state', 'boot-2');
  assert.equal(agents.attach(clone, new Stream(), at(0))?.isFinal, false);
  const again = agents.attach(hello('one', 'state', 'boot-1'), new Stream(), at(ALIVE_INTERVAL_MS));
  assert.equal(again, undefined);
  assert.equal(agents.attach(clone, new Stream(), at(ALIVE_INTERVAL_MS))?.isFinal, true);
});

test('A machine that was booted again waits until its old boot was silent, and is never refused.', () => {
  const agents = new AgentRegistry();
  const halfDead = new Stream();
  agents.attach(hello('one', 'state', 'boot-1'), halfDead, at(0));
  const rebooted = hello('two', 'state', 'boot-2');
  for (let ms = 500; ms <= SILENT_MAX_MS; ms += 500) {
    assert.equal(agents.attach(rebooted, new Stream(), at(ms))?.isFinal, false, `${ms} ms`);
  }
  assert.equal(agents.attach(rebooted, new Stream(), at(SILENT_MAX_MS + 1)), undefined);
  assert.ok(halfDead.closed);
});

test('A machine whose old stream has ended, or whose kernel tells no boot, does not wait.', () => {
  const agents = new AgentRegistry();
  const first = new Stream();
  agents.attach(hello('one', 'state', 'boot-1'), first, at(0));
  agents.detach(HOST, first);
  assert.equal(agents.attach(hello('two', 'state', 'boot-2'), new Stream(), at(1)), undefined);
  assert.equal(agents.attach(hello('three', 'state', ''), new Stream(), at(2)), undefined);
  assert.equal(agents.attach(hello('four', 'state', 'boot-3'), new Stream(), at(3)), undefined);
});

test('What an agent lists in its hello is not kept for as long as it is attached.', () => {
  const agents = new AgentRegistry();
  const unsettled = Array.from({ length: 20_000 }, (_, index) => `sweep/row/r${index}/old/a1/host`);
  const long = { ...hello('one', 'state'), unsettled };
  assert.equal(agents.attach(long, new Stream(), at(0)), undefined);
  const kept = agents.hello(HOST);
  assert.deepEqual([kept?.session, kept?.unsettled, kept?.holding], ['one', [], []]);
  assert.equal(agents.all()[0]?.spooled, unsettled.length);
});
