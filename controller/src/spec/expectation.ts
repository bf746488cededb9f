// SPDX-License-Identifier: Apache-2.0
/** Reads a condition such as `unexpected_results == 0`. It does not know which metrics exist. */
import { EXPECTATION_OPERATORS, type Expectation } from '@labsweep/proto';
import { METRIC_NAME } from './names.js';
import type { TextResult } from './text-result.js';

const EXAMPLE = 'write it as `unexpected_results == 0`';
const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
/** Operators that people bring along from other languages. */
const FOREIGN_OPERATORS: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=<': '<=',
  '=>': '>=',
};

/** `<metric> <operator> <number>`; the blanks may be left out. */
export function parseExpectation(text: string): TextResult<Expectation> {
  const [, metric = '', sign = '', number = ''] = /^([^<>=!]*)([<>=!]*)(.*)$/.exec(text) ?? [];
  const operator = EXPECTATION_OPERATORS.find((known) => known === sign);
  if (operator === undefined) return refuseOperator(sign);
  if (!METRIC_NAME.test(metric.trim()))
    return refuse(`\`${metric.trim()}\` is not the name of a metric`);
  const value = NUMBER.test(number.trim()) ? Number(number) : Number.NaN;
  if (!Number.isFinite(value)) return refuse(`\`${number.trim()}\` is not a number`);
  return { ok: true, value: { metric: metric.trim(), operator, value } };
}

function refuseOperator(sign: string): TextResult<Expectation> {
  if (sign === '') return refuse('no operator in the expectation');
  const meant = FOREIGN_OPERATORS[sign];
  const known = EXPECTATION_OPERATORS.map((each) => `\`${each}\``).join(', ');
  const hint = meant === undefined ? `known: ${known}` : `did you mean \`${meant}\`?`;
  return { ok: false, what: `unknown operator \`${sign}\``, hint };
}

function refuse(what: string): TextResult<Expectation> {
  return { ok: false, what, hint: EXAMPLE };
}
