// SPDX-License-Identifier: Apache-2.0
/** What readers see of numbers, at the edges where a careless format would lie. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decimalsFor,
  formatClearChange,
  formatCompactChange,
  formatDifference,
  formatFactor,
  formatLevel,
  formatShare,
  formatSignedRange,
  formatSpan,
} from './format-number.js';

test('the smallest level of a row decides the decimals, so that it has four digits', () => {
  assert.equal(decimalsFor([231.2, 459]), 1);
  assert.equal(decimalsFor([58.3, 459]), 2);
  assert.equal(decimalsFor([12_345]), 0);
  assert.equal(decimalsFor([0, 0.5]), 4);
  assert.equal(decimalsFor([0]), 0);
  assert.equal(decimalsFor([]), 0);
  assert.equal(decimalsFor([1e-9]), 6);
});

test('levels keep their decimals, and huge or tiny ones use powers of ten', () => {
  assert.equal(formatLevel(459, 1), '459.0');
  assert.equal(formatLevel(1.5e12, 1), '1.500e+12');
  assert.equal(formatLevel(2e-7, 6), '2.000e-7');
  assert.equal(formatLevel(-0.04, 1), '0.0');
});

test('differences carry their sign, except zero', () => {
  assert.equal(formatDifference(110.94, 1), '+110.9');
  assert.equal(formatDifference(-3, 1), '-3.0');
  assert.equal(formatDifference(0.001, 1), '0.0');
});

test('factors have three digits', () => {
  assert.equal(formatFactor(2.116), '2.12x');
  assert.equal(formatFactor(12.34), '12.3x');
  assert.equal(formatFactor(123.4), '123x');
  assert.equal(formatFactor(1.5e7), '1.5e+7x');
});

test('a clear change is told without signs, in the direction of its word', () => {
  assert.deepEqual(formatClearChange({ estimate: 111.63, low: 105, high: 118.4 }), {
    size: '111.6%',
    range: '[105.0, 118.4]',
  });
  assert.deepEqual(formatClearChange({ estimate: -13.5, low: -15.1, high: -12 }), {
    size: '13.5%',
    range: '[12.0, 15.1]',
  });
});

test('a bound of a clear change is never shown as 0', () => {
  assert.deepEqual(formatClearChange({ estimate: 0.9, low: 0.04, high: 2 }), {
    size: '0.90%',
    range: '[0.04, 2.00]',
  });
  assert.equal(
    formatCompactChange({ estimate: -0.9, low: -2, high: -0.04 }),
    '-0.90% [-2.00, -0.04]',
  );
});

test('an unclear change shows the signs of the value', () => {
  assert.equal(formatSignedRange({ estimate: 0, low: -1.24, high: 0.81 }), '[-1.2, +0.8]');
  assert.equal(formatSignedRange({ estimate: 0, low: 0, high: 0 }), '[0.0, 0.0]');
});

test('compact changes drop decimals from 10 % on', () => {
  assert.equal(formatCompactChange({ estimate: 6.6, low: 4.1, high: 9.1 }), '+6.6% [+4.1, +9.1]');
  assert.equal(
    formatCompactChange({ estimate: 111.6, low: 105, high: 118.4 }),
    '+112% [+105, +118]',
  );
});

test('shares are whole percents unless asked otherwise', () => {
  assert.equal(formatShare(0.456), '46%');
  assert.equal(formatShare(0.28033, 1), '28.0%');
  assert.equal(formatShare(-0.0001), '0%');
});

test('in a sentence each bound has its unit', () => {
  assert.equal(formatSpan({ estimate: 1.8, low: -7.83, high: 9.21 }), '-7.8% to +9.2%');
});
