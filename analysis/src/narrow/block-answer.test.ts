// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an answer is right, or there is none. Method: by hand for the rule, and by simulation for
 * its error rates under noise as it is: boots of 1 to 2 % with some wild ones, hosts that differ by
 * 40 %, a drift of the host inside the block, and a new look after every three blocks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@labsweep/proto';
import { blockAnswer, endsDirection, type KernelBlock } from './block-answer.js';

const SEED = 20_261_127;
const BLOCKS_PER_LOOK = 3;
const BLOCKS_MAX = 12;
const RUNS = 2000;

type RandomSource = () => number;

interface Truth {
  /** The bad end divided by the good one. */
  readonly effect: number;
  /** Where the kernel stands between the ends on the scale of logarithms: 0 good, 1 bad. */
  readonly place: number;
  /** Standard deviation of a boot, as a fraction. */
  readonly noise: number;
}

function gaussian(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One boot in twenty is five times as wild. */
function bootNoise(random: RandomSource, noise: number): number {
  const width = random() < 0.05 ? 5 * noise : noise;
  return Math.exp(width * gaussian(random));
}

function makeBlock(random: RandomSource, { effect, place, noise }: Truth): KernelBlock {
  const host = 100 * (random() < 0.5 ? 1 : 1.4);
  const driftPerTrial = 0.01 * (random() - 0.5);
  const order = [0, 1, 2].sort(() => random() - 0.5);
  const value = (position: number, level: number) => {
    const drift = 1 + driftPerTrial * (order[position] ?? 0);
    return host * drift * effect ** level * bootNoise(random, noise);
  };
  return { good: value(0, 0), kernel: value(1, place), bad: value(2, 1) };
}

/** Looks after every three blocks until there is an answer, as narrowing does. */
function sequentially<Answer>(
  random: RandomSource,
  truth: Truth,
  look: (blocks: readonly KernelBlock[]) => Answer | undefined,
): Answer | 'undecided' {
  const blocks: KernelBlock[] = [];
  while (blocks.length < BLOCKS_MAX) {
    for (let more = 0; more < BLOCKS_PER_LOOK; more += 1) blocks.push(makeBlock(random, truth));
    const answer = look(blocks);
    if (answer !== undefined) return answer;
  }
  return 'undecided';
}

function shares(truth: Truth, look: (blocks: readonly KernelBlock[]) => string | undefined) {
  const random = seededRandom({ seed: SEED, purpose: 'narrowing' }).nextUniform;
  const counts = new Map<string, number>();
  for (let run = 0; run < RUNS; run += 1) {
    const answer = sequentially(random, truth, look);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  return (answer: string) => (counts.get(answer) ?? 0) / RUNS;
}

const answerUp = (blocks: readonly KernelBlock[]) => blockAnswer(blocks, 'higher');

test('a kernel is answered by the side of the middle on which its interval lies', () => {
  const blocks = (values: readonly number[]) =>
    values.map((kernel, at) => ({ good: 100 + at, kernel: kernel + at, bad: 200 + at }));
  assert.equal(blockAnswer(blocks([101, 99, 103]), 'higher'), 'good');
  assert.equal(blockAnswer(blocks([198, 201, 196]), 'higher'), 'bad');
  assert.equal(blockAnswer(blocks([120, 200, 160]), 'higher'), undefined);
  assert.equal(blockAnswer(blocks([101]), 'higher'), undefined);
});

test('where the bad end has the lower values the sides are turned', () => {
  const blocks = [1, 2, 3].map((at) => ({ good: 200 + at, kernel: 199 + at, bad: 100 + at }));
  assert.equal(endsDirection(blocks), 'lower');
  assert.equal(blockAnswer(blocks, 'lower'), 'good');
});

test('values without a ratio say nothing', () => {
  const blocks = [0, 0, 0].map(() => ({ good: 0, kernel: 5, bad: 5 }));
  assert.equal(endsDirection(blocks), undefined);
  assert.equal(blockAnswer(blocks, 'higher'), undefined);
});

test('a wrong answer comes in at most 1.5 % of searches, for effects down to the noise', () => {
  for (const noise of [0.01, 0.02]) {
    for (const effect of [1.02, 1.05, 1.2, 2]) {
      for (const place of [0, 1]) {
        const wrong = shares({ effect, place, noise }, answerUp)(place === 0 ? 'bad' : 'good');
        assert.ok(wrong <= 0.015, `effect ${effect}, noise ${noise}: ${wrong} wrong`);
      }
    }
  }
});

test('an effect of five times the noise is nearly always answered', () => {
  for (const [effect, noise] of [
    [1.05, 0.01],
    [1.1, 0.02],
    [2, 0.05],
  ] as const) {
    const share = shares({ effect, place: 1, noise }, answerUp);
    assert.ok(share('bad') >= 0.97, `effect ${effect}, noise ${noise}: ${share('bad')}`);
  }
});

test('a kernel with half of the effect is mostly undecided, and else either way alike', () => {
  const share = shares({ effect: 1.1, place: 0.5, noise: 0.01 }, answerUp);
  assert.ok(share('undecided') >= 0.85, `${share('undecided')} undecided`);
  assert.ok(Math.abs(share('good') - share('bad')) < 0.04);
});

test('ends without a difference are taken for different in at most 12 % of searches', () => {
  const share = shares({ effect: 1, place: 0, noise: 0.02 }, endsDirection);
  const differ = share('higher') + share('lower');
  assert.ok(differ <= 0.12, `${differ} of A/A pairs of ends differ`);
  assert.ok(differ >= 0.03, `${differ}: the simulation has no noise`);
});

test('a difference of the ends of three times the noise is nearly always seen', () => {
  const share = shares({ effect: 1.05, place: 0, noise: 0.015 }, endsDirection);
  assert.ok(share('higher') >= 0.98, `${share('higher')} seen`);
});
