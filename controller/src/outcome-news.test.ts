// SPDX-License-Identifier: Apache-2.0
/** Goal: an agent hears all of its outcomes, those it waits for at once, in few messages. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ControllerMessage, HostId } from '@labsweep/proto';
import { NEWS_INTERVAL_MS, OutcomeNews } from './outcome-news.js';

const [A, B] = ['host-a', 'host-b'] as [HostId, HostId];

function newNews() {
  const heard: string[] = [];
  const news = new OutcomeNews((host: HostId, message: ControllerMessage) => {
    assert(message.kind === 'folded' || message.kind === 'settled');
    const besides = message.kind === 'folded' ? message.settledIds : [];
    const text = besides.length === 0 ? '' : `, settled ${besides.join(' ')}`;
    heard.push(`${host} ${message.kind} ${message.messageIds.join(' ')}${text}`);
  });
  let sequence = 0;
  let isReigning = true;
  const fold = (host: HostId, messageId: string, nowMs: number, isAwaited = false) => {
    sequence += 1;
    news.folded(host, { messageId, sequence, isAwaited }, { ms: nowMs, isReigning });
  };
  const standBy = () => {
    isReigning = false;
  };
  return { news, heard: () => heard.splice(0), fold, standBy };
}

test('what an agent waits for is told at once, with all that was kept back', () => {
  const { heard, fold } = newNews();
  fold(A, 'a1', 0);
  fold(A, 'a2', 1);
  fold(B, 'b3', 1);
  assert.deepEqual(heard(), []);
  fold(A, 'a4', 2, true);
  assert.deepEqual(heard(), ['host-a folded a1 a2 a4']);
});

test('the end of a block brings along what is settled and was not told', () => {
  const { news, heard, fold } = newNews();
  fold(A, 'a1', 0);
  news.synced(1);
  news.tell(0);
  assert.deepEqual(heard(), ['host-a settled a1']);
  fold(A, 'a2', 1);
  news.synced(2);
  news.tell(2);
  assert.deepEqual(heard(), [], 'it is told with others');
  fold(A, 'a3', 3, true);
  assert.deepEqual(heard(), ['host-a folded a3, settled a2']);
  news.tell(NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), []);
});

test('a controller that does not reign ends a block, and says nothing of what is settled', () => {
  const { news, heard, fold, standBy } = newNews();
  fold(A, 'a1', 0);
  news.synced(1);
  news.tell(0);
  fold(A, 'a2', 1);
  news.synced(2);
  news.tell(2);
  heard();
  standBy();
  fold(A, 'a3', 3, true);
  assert.deepEqual(heard(), ['host-a folded a2 a3']);
});

test('what is settled before it was told is told once, as settled', () => {
  const { news, heard, fold } = newNews();
  fold(A, 'a1', 0);
  fold(B, 'b2', 0);
  news.synced(1);
  news.tell(10);
  assert.deepEqual(heard(), ['host-a settled a1'], 'that of the other host is not synced');
  news.tell(NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), ['host-b folded b2'], 'and is told before long all the same');
  news.synced(2);
  news.tell(2 * NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), ['host-b settled b2']);
  news.tell(9 * NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), []);
});

test('a host with many short trials gets one message in each interval', () => {
  const { news, heard, fold } = newNews();
  const lines: string[] = [];
  for (let nowMs = 0; nowMs < 10 * NEWS_INTERVAL_MS; nowMs += 100) {
    fold(A, `a${nowMs}`, nowMs);
    news.synced(1 + nowMs / 100);
    news.tell(nowMs);
    lines.push(...heard());
  }
  assert.equal(lines.length, 10);
  assert.ok(lines.every((line) => line.startsWith('host-a settled ')));
});

test('nothing of an earlier session is told to the next, which asks for what it lacks', () => {
  const { news, heard, fold } = newNews();
  fold(A, 'a1', 0);
  news.forget(A);
  news.tell(NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), []);
  news.answer(A, ['a1'], 1);
  assert.deepEqual(heard(), ['host-a folded a1']);
  news.synced(1);
  news.tell(NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), ['host-a settled a1'], 'once, although it waits since before');
});

test('while nothing is settled an agent may ask for as long as it likes, and is told once', () => {
  const { news, heard, fold } = newNews();
  fold(A, 'a1', 0);
  fold(A, 'a2', 0);
  for (let beat = 1; beat <= 9; beat += 1) news.answer(A, ['a1', 'a2'], 2);
  heard();
  news.synced(2);
  news.tell(NEWS_INTERVAL_MS);
  assert.deepEqual(heard(), ['host-a settled a1 a2']);
});

test('blocks that end oftener than news goes out do not keep back what is settled', () => {
  const { news, heard, fold } = newNews();
  const lines: string[] = [];
  for (let nowMs = 0; nowMs < 5 * NEWS_INTERVAL_MS; nowMs += NEWS_INTERVAL_MS / 2) {
    fold(A, `a${nowMs}`, nowMs, true);
    news.synced(1 + (2 * nowMs) / NEWS_INTERVAL_MS);
    news.tell(nowMs);
    lines.push(...heard());
  }
  // Each block brings what was settled of the one before; the first of all was told at once.
  const told = lines.flatMap((line) => /settled (.*)$/.exec(line)?.[1]?.split(' ') ?? []);
  assert.equal(told.length, 9, lines.join('; '));
  assert.equal(new Set(told).size, 9);
  assert.equal(lines.length, 11);
});
