// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Address, UnreachableError } from '@labsweep/proto';
import { type CallFailure, Failover } from './failover.js';

class Failed extends Error {
  constructor(
    readonly failure: CallFailure,
    message: string,
  ) {
    super(message);
  }
}

const ADDRESSES: readonly Address[] = [
  { host: '127.0.0.1', port: 1 },
  { host: '127.0.0.1', port: 2 },
];

function newFailover(addresses = ADDRESSES) {
  const lines: string[] = [];
  const failover = new Failover<number>({
    addresses,
    open: ({ port }) => port,
    failureOf: (error) => (error instanceof Failed ? error.failure : 'other'),
    textOf: (error) => (error as Error).message,
    onWaiting: (line) => lines.push(line),
  });
  return { failover, lines };
}

const standby = () => new Failed('standby', 'standby; the reigning controller is 127.0.0.1:9');
const refused = () => new Failed('unreachable', 'connection refused');

test('the next address is asked at once, and stays the one that is asked', async () => {
  const { failover, lines } = newFailover();
  const asked: number[] = [];
  const work = async (port: number) => {
    asked.push(port);
    if (port === 1) throw standby();
    return port;
  };
  assert.equal(await failover.run(work, 1_000), 2);
  assert.equal(await failover.run(work, 1_000), 2);
  assert.deepEqual(asked, [1, 2, 2]);
  assert.deepEqual(lines, []);
});

test('while one stands by and the other is dead it waits, and says so once', async () => {
  const { failover, lines } = newFailover();
  let rounds = 0;
  const work = async (port: number) => {
    if (port === 1) throw refused();
    rounds += 1;
    if (rounds < 3) throw standby();
    return port;
  };
  assert.equal(await failover.run(work, 10_000), 2);
  assert.deepEqual(lines, [
    'waiting for a controller: standby; the reigning controller is 127.0.0.1:9',
  ]);
});

test('a single controller that does not answer is given up at once, one that stands by after the limit', async () => {
  const single = newFailover(ADDRESSES.slice(0, 1)).failover;
  const dead = single.run(() => Promise.reject(refused()), 10_000);
  await assert.rejects(dead, (error: Error) => {
    assert.ok(error instanceof UnreachableError);
    return /no controller answers at 127.0.0.1:1: connection refused/.test(error.message);
  });
  const waiting = newFailover().failover.run(() => Promise.reject(standby()), 0);
  await assert.rejects(waiting, /no controller answers at 127.0.0.1:1, 127.0.0.1:2: standby/);
});

test('one that has served and is gone is waited for as long as its follower says, and that is told', async () => {
  for (const addresses of [ADDRESSES, ADDRESSES.slice(0, 1)]) {
    const { failover, lines } = newFailover(addresses);
    const patience = failover.patience(0, undefined, 600);
    patience.progressed();
    const beganMs = performance.now();
    const lost = async () => {
      for (;;) await patience.failed(refused());
    };
    await assert.rejects(lost(), UnreachableError);
    assert.ok(performance.now() - beganMs >= 600);
    const line = 'waiting for a controller: no controller answers: connection refused';
    assert.deepEqual(lines, [line]);
  }
  const never = newFailover(ADDRESSES.slice(0, 1)).failover.patience(0, undefined, 600);
  await assert.rejects(never.failed(refused()), UnreachableError, 'nobody has served yet');
});

test('what a controller that serves answers is final', async () => {
  const { failover } = newFailover();
  const asked: number[] = [];
  const work = (port: number) => {
    asked.push(port);
    return Promise.reject(new Error('there is no such sweep'));
  };
  await assert.rejects(failover.run(work, 1_000), /there is no such sweep/);
  assert.deepEqual(asked, [1]);
});
