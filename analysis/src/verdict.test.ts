// SPDX-License-Identifier: Apache-2.0
/** Each verdict with its reasons, at the edges where one turns into another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockId, HostId, KernelName } from '@labsweep/proto';
import { type Comparison, compareKernels } from './compare.js';
import type { NoiseFloor } from './noise-floor.js';
import type { Series } from './series.js';
import { type JudgeOptions, judge } from './verdict.js';

/** Ratios that alternate a little around `ratio`, so that every interval has a width. */
function comparison(
  ratio: number,
  blocks: number,
  spread = 0.002,
): Exclude<Comparison, { kind: 'baseline' }> {
  const values = Array.from({ length: blocks }, (_, index) => {
    const step = ((index % 5) - 2) * spread;
    return 100 * ratio * Math.exp(step);
  });
  const found = compareKernels({
    kernel: series(values),
    baseline: series(values.map(() => 100)),
    baselineName: 'A' as KernelName,
    direction: 'lower',
  });
  assert(found.kind !== 'baseline');
  return found;
}

function series(values: readonly number[]): Series {
  return values.map((value, index) => ({
    block: `r${index}` as BlockId,
    host: 'h' as HostId,
    repetition: index + 1,
    value,
    startedAtMs: index,
    provisional: false,
  }));
}

function judged(of: ReturnType<typeof comparison>, options: Partial<JudgeOptions> = {}) {
  const pAdjusted = of.kind === 'compared' ? of.ratio.p : 1;
  return judge(of, { family: 1, pAdjusted, ...options });
}

const codes = ({ reasons }: ReturnType<typeof judge>) => reasons.map(({ code }) => code);

const FLOOR: NoiseFloor = {
  kind: 'a-a',
  fraction: 0.04,
  blocks: 8,
  change: { estimate: 0.5, low: -3, high: 4 },
  isSandwich: false,
  isBroken: false,
};

test('a clear change is slower or faster, with its p', () => {
  const slower = judged(comparison(1.03, 8));
  assert.equal(slower.verdict, 'slower');
  assert.deepEqual(codes(slower), ['significant']);
  assert.match(slower.reasons[0]?.text ?? '', /excludes 0, p = 0\.008/);
  assert.equal(judged(comparison(0.97, 8)).verdict, 'faster');
});

test('five blocks are too few for any verdict, however clear they look', () => {
  const five = judged(comparison(2, 5));
  assert.equal(five.verdict, 'too-few');
  assert.equal(five.blocksMissing, 1);
  assert.match(five.reasons[0]?.text ?? '', /5 blocks cannot give p below 0\.0625; 6 can decide/);
  const one = judged(comparison(2, 1));
  assert.equal(one.verdict, 'too-few');
  assert.equal(one.blocksMissing, 5);
});

test('six blocks that decide alone do not decide among ten comparisons', () => {
  assert.equal(judged(comparison(2, 6)).verdict, 'slower');
  const among = judged(comparison(2, 6), { family: 10, pAdjusted: 0.3125 });
  assert.equal(among.verdict, 'undecided');
  assert.deepEqual(codes(among), ['not-significant-in-family']);
  assert.equal(among.blocksMissing, 3, '2 / 2^9 is below 0.05 / 10');
});

test('no change below the measured noise floor is called one', () => {
  const below = judged(comparison(1.03, 8), { floor: FLOOR });
  assert.equal(below.verdict, 'undecided');
  assert.deepEqual(codes(below), ['below-noise-floor']);
  assert.equal(below.blocksMissing, undefined, 'no number of blocks would mend the setup');
  assert.equal(judged(comparison(1.06, 8), { floor: FLOOR }).verdict, 'slower');
});

test('a change that was found by luck stays one, and says that another night may not find it', () => {
  const reckoned = { kind: 'spread', fraction: 0.05, blocks: 8 } as const;
  const lucky = judged(comparison(1.03, 8), { floor: reckoned });
  assert.equal(lucky.verdict, 'slower');
  assert.deepEqual(codes(lucky), ['significant', 'below-reckoned-floor']);
  assert.equal(
    lucky.reasons[1]?.text,
    '2.9% is less than the 5.0% that 8 blocks of this spread find with 90% power, so another night ' +
      'may not show it',
  );
  assert.deepEqual(codes(judged(comparison(1.06, 8), { floor: reckoned })), ['significant']);
});

test('above a measured floor, too, a change may have been found by luck', () => {
  const found = { kind: 'spread', fraction: 0.1, blocks: 8 } as const;
  const lucky = judged(comparison(1.06, 8), { floor: { ...FLOOR, found } });
  assert.equal(lucky.verdict, 'slower');
  assert.deepEqual(codes(lucky), ['significant', 'below-reckoned-floor']);
  const fall = judged(comparison(1 / 1.06, 8), { floor: { ...FLOOR, found } });
  assert.match(fall.reasons[1]?.text ?? '', /^5\.\d% is less than the 9\.1% that 8 blocks/);
});

test('what rounding may have made, no number of blocks decides', () => {
  const whole = (value: number) => series([value, value, value, value, value, value, value, value]);
  const rounded = compareKernels({
    kernel: whole(37),
    baseline: whole(36),
    baselineName: 'A' as KernelName,
    direction: 'lower',
    quantum: 1,
  });
  assert(rounded.kind === 'compared');
  const judgement = judged(rounded);
  assert.equal(judgement.verdict, 'undecided');
  assert.equal(judgement.blocksMissing, undefined);
});

test('the same is said within a stated margin only', () => {
  assert.equal(judged(comparison(1.0, 8)).verdict, 'undecided');
  const same = judged(comparison(1.005, 8), { margin: 0.02 });
  assert.equal(same.verdict, 'same');
  assert.deepEqual(codes(same), ['within-margin']);
  assert.equal(judged(comparison(1.03, 8), { margin: 0.02 }).verdict, 'slower');
});

test('a clear change that is small stays what it is, and says how small', () => {
  const seen = { ...FLOOR, fraction: 0.001 };
  const small = judged(comparison(1.004, 10, 0.0005), { floor: seen });
  assert.equal(small.verdict, 'slower');
  assert.deepEqual(codes(small), ['significant', 'small-change']);
  assert.equal(
    small.reasons[1]?.text,
    'it is below 1%; the smallest that this setup could see is 0.10%: state margin = "1%" in the ' +
      'spec if so small a change does not matter',
  );
  assert.deepEqual(codes(judged(comparison(0.996, 10, 0.0005))), ['significant', 'small-change']);
  assert.deepEqual(codes(judged(comparison(1.02, 10, 0.0005))), ['significant']);
});

test('with a margin, small is what lies within it and is not proved to', () => {
  const wide = judged(comparison(1.019, 10, 0.006), { margin: 0.02 });
  assert.equal(wide.verdict, 'slower');
  assert.deepEqual(codes(wide), ['significant', 'small-change']);
  assert.equal(wide.reasons[1]?.text, 'it is within the margin of 2.0%, its 90% interval is not');
  assert.deepEqual(codes(judged(comparison(1.004, 10, 0.0005), { margin: 0.002 })), [
    'significant',
  ]);
  assert.deepEqual(codes(judged(comparison(1.004, 10, 0.0005), { margin: 0.01 })), [
    'within-margin',
  ]);
});

test('an undecided one says how many more blocks it takes', () => {
  const wide = judged(comparison(1.02, 8, 0.02));
  assert.equal(wide.verdict, 'undecided');
  assert.deepEqual(codes(wide), ['includes-no-change']);
  assert.ok((wide.blocksMissing ?? 0) > 20, String(wide.blocksMissing));
  const more = judged(comparison(1.0, 6, 0.02), { margin: 0.02 });
  assert.ok((more.blocksMissing ?? 0) >= 1);
});

test('what cannot be compared says why', () => {
  const differences = [{ key: 'anonhugepages', baseline: '0', kernel: '16384' }];
  const baseline = 'A' as KernelName;
  const state = judged({ kind: 'not-comparable', cause: 'state', baseline, differences });
  assert.equal(state.verdict, 'not-comparable');
  assert.deepEqual(codes(state), ['state-differs']);
  const clock = judged({ kind: 'not-comparable', cause: 'clock', baseline, differences });
  assert.deepEqual(codes(clock), ['clock-differs']);
  const zero = judged({ kind: 'not-compared', pairs: 8, reason: 'not-positive' });
  assert.deepEqual(codes(zero), ['not-positive']);
  const none = judged({ kind: 'not-compared', pairs: 0, reason: 'no-baseline-in-row' });
  assert.deepEqual(codes(none), ['no-baseline']);
});
