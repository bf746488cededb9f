// SPDX-License-Identifier: Apache-2.0
/** What is read as far as the fold needs it is what the schema would hand back. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  formatLogEntry,
  parseFoldEntry,
  parseLogEntry,
  readLogEntry,
  reasonUnreadable,
} from './index.js';
import type { TrialEnded } from './log-entry.js';
import { outcomeHead, wholeEntry } from './outcome-head.js';
import { type SeededRandom, seededRandom } from './seeded-random.js';
import { sampleOutcome } from './testing/sample-entries.js';

const SEED = Number(process.env.LABSWEEP_TEST_SEED ?? Date.now() % 1_000_000);
const ROUNDS = 3_000;
const ODD_VALUES = [undefined, null, '', 'x', 0, -1, 1.5, 2 ** 53, 1e300, [], {}, { x: 1 }];
const ODD_TEXTS = ['"', '\\', '\\u12', '\\q', '\n', ',', '}', '{}', ':', '1e999', '01', '-', '__'];
/** What a trial in a guest has, with all that JSON writes as an escape. */
const LONG: TrialEnded = sampleOutcome({
  epoch: 2_008_571_453_636_618,
  environment: 'qemu-kvm',
  durationMs: 3_386.125,
  outcome: {
    status: 'measured',
    samples: [
      {
        scenario: 'toggle "64m"',
        line: 'round',
        values: { ns: -231.125, tiny: 1e-7, huge: 1e21 },
        texts: {},
      },
      { scenario: 's', line: 'result', values: {}, texts: { clock: 'raw', path: 'C:\\µ\u2028' } },
    ],
    facts: { kernel_release: '6.17.13', cmdline: '', vulnerabilities: 'l1tf=Not affected, …' },
    consoleTail: '[    0.0] Linux\r\n\t\u001b[0m\u0000\u007f"quoted" \\ \ud83d\ude00'.repeat(40),
    hygiene: {
      mode: 'observe',
      before: { load: '0.1' },
      after: {},
      warnings: ['turbo: on (1)'],
      disturbances: [],
    },
  },
  evidence: {
    console: 'a'.repeat(64) as never,
    outputText: 'x=1\n',
    dump: 'b'.repeat(64) as never,
  },
});

/** Every object in the value, so that any of them can be spoilt. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

function assertSame(text: string, where: string): void {
  const head = outcomeHead(text);
  if (head === undefined) return;
  const whole = readLogEntry(JSON.parse(text));
  assert.deepEqual(whole, JSON.parse(text), where);
  assert.deepEqual(wholeEntry(head), whole, where);
  const { outcome, text: own, ...fields } = head;
  assert.equal(own, text);
  assert.equal(outcome.status, 'measured');
  for (const [name, value] of Object.entries(fields)) {
    assert.equal(value, whole[name as keyof typeof whole], `${where}: ${name}`);
  }
}

function pick<Value>(random: SeededRandom, all: readonly Value[]): Value {
  return all[random.nextBelow(all.length)] as Value;
}

/** Takes `read` of the rounds' texts and returns how many were read as heads. */
function countHeads(change: (random: SeededRandom, round: number) => string): number {
  console.log(`LABSWEEP_TEST_SEED=${SEED}`);
  const random = seededRandom({ seed: SEED, purpose: 'outcome-head' });
  let count = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = change(random, round);
    if (outcomeHead(text) === undefined) continue;
    count += 1;
    assertSame(text, `seed ${SEED}, round ${round}`);
  }
  return count;
}

test('an ordinary outcome is read as a head, whatever is in its texts', () => {
  for (const outcome of [sampleOutcome(), sampleOutcome({ epoch: 0 }), LONG]) {
    const text = formatLogEntry(outcome);
    assert.ok(outcomeHead(text), text);
    assertSame(text, text);
    assert.deepEqual(parseLogEntry(text), outcome);
    assert.equal(reasonUnreadable(outcome), undefined);
  }
});

test('what is no ordinary outcome is read by the schema, also for the fold', () => {
  const { outcome } = sampleOutcome();
  const failure = { class: 'garbage-output' as const, message: 'nothing was printed' };
  const odd = [
    sampleOutcome({ outcome: { ...outcome, status: 'subject-failed', failure } }),
    sampleOutcome({ outcome: { ...outcome, state: { vmas: '1' } } }),
    sampleOutcome({ block: 'a "row"/r1' as never }),
  ];
  for (const entry of odd) {
    const text = formatLogEntry(entry);
    assert.equal(outcomeHead(text), undefined, text);
    assert.deepEqual(parseFoldEntry(text), entry);
  }
  assert.throws(() => parseFoldEntry(formatLogEntry(sampleOutcome({ attempt: 0 }))), /attempt/);
  const hidden = formatLogEntry(sampleOutcome()).replace('"clock":', '"__proto__":');
  assert.equal(outcomeHead(hidden), undefined);
});

test('a head is what the schema hands back, also of entries that were spoilt', () => {
  const heads = countHeads((random, round) => {
    const entry = structuredClone(round % 2 === 0 ? LONG : sampleOutcome({ epoch: round }));
    for (let change = random.nextBelow(3); change > 0; change -= 1) {
      const object = pick(random, objectsIn(entry));
      const name = random.nextBelow(4) === 0 ? 'other' : pick(random, Object.keys(object));
      object[name ?? 'other'] = structuredClone(pick(random, ODD_VALUES));
    }
    return JSON.stringify(entry);
  });
  assert.ok(heads > ROUNDS / 5, `${heads} of ${ROUNDS}`);
});

test('a head is what the schema hands back, also of texts that were spoilt', () => {
  const sound = formatLogEntry({ ...LONG, outcome: { ...LONG.outcome, consoleTail: '\\"' } });
  const heads = countHeads((random) => {
    const at = random.nextBelow(sound.length);
    const skipped = random.nextBelow(3);
    return sound.slice(0, at) + pick(random, ODD_TEXTS) + sound.slice(at + skipped);
  });
  assert.ok(heads > ROUNDS / 50, `${heads} of ${ROUNDS}`);
});

test('a text that only nearly is an outcome is given up, however long it is', () => {
  const consoleTail = '\\'.repeat(500_000);
  const text = formatLogEntry({ ...LONG, outcome: { ...LONG.outcome, consoleTail } });
  assert.ok(outcomeHead(text));
  assert.equal(outcomeHead(`${text.slice(0, -1)}!`), undefined);
});
