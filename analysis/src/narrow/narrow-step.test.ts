// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: the search finds the pair that a look at every kernel would find, asks as few rounds as the
 * list needs, and hides no contradiction. Method: the truth of each kernel is made up, all small
 * lists exhaustively and larger ones by a seed, and a plain scan of the truth is the oracle.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { seededRandom } from '@labsweep/proto';
import {
  contradictionsIn,
  type EndsState,
  type NarrowAnswer,
  type NarrowMove,
  type NarrowPair,
  narrowStep,
} from './narrow-step.js';

type Truth = 'good' | 'bad' | 'undecided' | 'fails';
const TRUTHS: readonly Truth[] = ['good', 'bad', 'undecided', 'fails'];
const ROUNDS_MAX = 200;

interface Search {
  readonly pair: NarrowPair;
  readonly rounds: number;
  readonly answers: ReadonlyMap<string, NarrowAnswer>;
}

const namesOf = (truth: readonly Truth[]) => ['G', ...truth.map((_, index) => `k${index}`), 'B'];

/** `opens` says how often a kernel is `open` before it shows what it is. */
function search(
  truth: readonly Truth[],
  perRound: number,
  opens: (kernel: string) => number = () => 0,
): Search {
  const kernels = namesOf(truth);
  const answers = new Map<string, NarrowAnswer>();
  const asked = new Map<string, number>();
  let ends: EndsState = 'unmeasured';
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
    const move: NarrowMove = narrowStep({ kernels, ends, answers, perRound });
    if (move.kind === 'found') return { pair: move.pair, rounds, answers };
    assert.ok(move.kind === 'measure', move.kind);
    assert.ok(move.kernels.length <= perRound);
    assert.ok(ends === 'unmeasured' || move.kernels.length > 0, 'a round asks something');
    for (const kernel of move.kernels) {
      const before = answers.get(kernel);
      assert.ok(before === undefined || before === 'open', `${kernel} is known: ${before}`);
      const times = (asked.get(kernel) ?? 0) + 1;
      asked.set(kernel, times);
      const known = truth[kernels.indexOf(kernel) - 1] ?? 'fails';
      answers.set(kernel, times <= opens(kernel) ? 'open' : known);
    }
    ends = 'differ';
  }
  return assert.fail(`no end after ${ROUNDS_MAX} rounds: ${truth}`);
}

/** What a look at every kernel finds when the effect comes once and stays. */
function scan(truth: readonly Truth[]): NarrowPair {
  const kernels = namesOf(truth);
  const all = ['good', ...truth, 'bad'];
  const low = all.lastIndexOf('good');
  const high = all.indexOf('bad');
  return {
    good: kernels[low] ?? '',
    bad: kernels[high] ?? '',
    between: kernels.slice(low + 1, high),
  };
}

const isMonotone = (truth: readonly Truth[]) => {
  const firstBad = truth.indexOf('bad');
  return firstBad < 0 || truth.lastIndexOf('good') < firstBad;
};

function allTruths(length: number): Truth[][] {
  if (length === 0) return [[]];
  return allTruths(length - 1).flatMap((rest) => TRUTHS.map((truth) => [truth, ...rest]));
}

/** Holds for every list, whether or not the effect stayed. */
function checkPair(truth: readonly Truth[], { pair, answers }: Search): void {
  const kernels = namesOf(truth);
  const all = ['good', ...truth, 'bad'];
  const [low, high] = [kernels.indexOf(pair.good), kernels.indexOf(pair.bad)];
  const label = truth.join();
  assert.equal(all[low], 'good', label);
  assert.equal(all[high], 'bad', label);
  assert.deepEqual(pair.between, kernels.slice(low + 1, high), label);
  for (const kernel of pair.between) {
    assert.match(answers.get(kernel) ?? 'never asked', /^(fails|undecided)$/, label);
  }
  // The last appearance among what was asked: nothing good is known behind the pair.
  const later = kernels.slice(high).filter((kernel) => answers.get(kernel) === 'good');
  assert.deepEqual(later, [], label);
}

test('every list of up to six kernels between the ends gives the pair of a full scan', () => {
  let count = 0;
  for (let length = 0; length <= 6; length += 1) {
    for (const truth of allTruths(length)) {
      for (const perRound of [1, 2, 3, 7]) {
        const found = search(truth, perRound);
        checkPair(truth, found);
        if (isMonotone(truth)) {
          assert.deepEqual(found.pair, scan(truth), `${truth} by ${perRound}`);
          assert.deepEqual(contradictionsIn(namesOf(truth), found.answers), []);
        }
        count += 1;
      }
    }
  }
  assert.equal(count, 4 * ((4 ** 7 - 1) / 3));
});

test('a clean list needs no more rounds than its size in the base of the parts', () => {
  for (let length = 0; length <= 80; length += 1) {
    for (const perRound of [1, 2, 3, 5, 10]) {
      // An adjacent pair of ends is measured once all the same, to see that they differ.
      const most = Math.max(1, Math.ceil(Math.log(length + 1) / Math.log(perRound + 1) - 1e-9));
      for (let first = 0; first <= length; first += 1) {
        const truth = Array.from({ length }, (_, at): Truth => (at < first ? 'good' : 'bad'));
        const { pair, rounds } = search(truth, perRound);
        assert.deepEqual(pair, scan(truth));
        assert.ok(rounds <= most, `${length} kernels, ${perRound} a round: ${rounds} > ${most}`);
      }
    }
  }
});

function seedOf(context: TestContext): number {
  const seed = Number(process.env.LABSWEEP_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
  context.diagnostic(`repeat with LABSWEEP_TEST_SEED=${seed}`);
  return seed;
}

function randomTruth(random: () => number, isClean: boolean): Truth[] {
  const length = Math.floor(random() * 60);
  const first = Math.floor(random() * (length + 1));
  const lameness = random() * 0.6;
  return Array.from({ length }, (_, at): Truth => {
    if (random() < lameness) return random() < 0.5 ? 'fails' : 'undecided';
    if (!isClean && random() < 0.2) return random() < 0.5 ? 'good' : 'bad';
    return at < first ? 'good' : 'bad';
  });
}

test('long lists with skipped and hesitant kernels end at a right pair', (context) => {
  const random = seededRandom({ seed: seedOf(context), purpose: 'narrowing' }).nextUniform;
  for (let run = 0; run < 2000; run += 1) {
    const truth = randomTruth(random, run % 2 === 0);
    const hesitation = Math.floor(random() * 4);
    const perRound = 1 + Math.floor(random() * 6);
    const found = search(truth, perRound, (kernel) => Number(kernel.slice(1)) % (hesitation + 1));
    checkPair(truth, found);
    if (isMonotone(truth)) assert.deepEqual(found.pair, scan(truth), truth.join());
    // Every contradiction that was seen is told, and none that was not.
    const kernels = namesOf(truth);
    const told = contradictionsIn(kernels, found.answers).map(({ bad }) => bad);
    const good = kernels.findLastIndex((kernel) => found.answers.get(kernel) === 'good');
    const seen = kernels.filter((kernel, at) => at < good && found.answers.get(kernel) === 'bad');
    assert.deepEqual(told, seen, truth.join());
  }
});

test('a bad kernel in front of a good one is told with that good one', () => {
  const answers = new Map<string, NarrowAnswer>([
    ['a', 'bad'],
    ['b', 'fails'],
    ['c', 'good'],
    ['d', 'bad'],
  ]);
  const kernels = ['G', 'a', 'b', 'c', 'd', 'B'];
  assert.deepEqual(contradictionsIn(kernels, answers), [{ bad: 'a', good: 'c' }]);
  assert.deepEqual(narrowStep({ kernels, answers, ends: 'differ', perRound: 1 }), {
    kind: 'found',
    pair: { good: 'c', bad: 'd', between: [] },
  });
});

test('the ends come first: without a difference between them nothing is searched', () => {
  const kernels = ['G', 'a', 'b', 'c', 'B'];
  const stepAt = (ends: EndsState) =>
    narrowStep({ kernels, ends, answers: new Map([['b', 'open']]), perRound: 1 });
  assert.deepEqual(stepAt('alike'), { kind: 'no-effect' });
  assert.deepEqual(stepAt('good-fails'), { kind: 'end-fails', kernel: 'G' });
  assert.deepEqual(stepAt('bad-fails'), { kind: 'end-fails', kernel: 'B' });
  const again = stepAt('open');
  assert.deepEqual(again.kind === 'measure' && [again.reason, again.kernels], ['ends', []]);
  const more = stepAt('differ');
  assert.deepEqual(more.kind === 'measure' && [more.reason, more.kernels], ['more-blocks', ['b']]);
});
