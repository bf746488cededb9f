// SPDX-License-Identifier: Apache-2.0
/**
 * The little language in which the arguments of a workload tell the scripted runner how to answer.
 * This file reads it and plays nothing.
 *
 *   --value NAME=BASE±SPREAD   prints a metric: a base and the standard deviation of its noise;
 *                              `+-` will do for `±`, and without it there is no noise
 *   --factor KERNEL=FACTOR     multiplies all values on that kernel
 *   --duration-ms BASE±SPREAD  how long a trial takes (0 when absent), as for a value
 *   --fail WHEN:CLASS          fails with that class, for example `v6.17:2:panic`
 *   --fail-once WHEN:CLASS     the same, but only the first time that this agent runs the trial
 *   --exit WHEN:CODE           exits with that code and prints no result
 *   --stall WHEN               hangs until the deadline
 *
 * WHEN is KERNEL:REPETITION; `*` stands for any, as in `*:3`. The first rule that fits counts.
 */
import { FAILURE_CLASSES, type FailureClass } from '@labsweep/proto';

export interface Script {
  readonly durationMs: Noisy;
  readonly values: readonly ScriptedValue[];
  readonly factors: ReadonlyMap<string, number>;
  readonly rules: readonly ScriptRule[];
}

/** A number with normal noise. */
export interface Noisy {
  readonly base: number;
  /** The standard deviation. */
  readonly spread: number;
}

export interface ScriptedValue extends Noisy {
  readonly metric: string;
}

export interface ScriptRule {
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** Undefined stands for any. */
  readonly kernel: string | undefined;
  readonly repetition: number | undefined;
  readonly action:
    | { readonly kind: 'fail'; readonly class: FailureClass; readonly isOnce: boolean }
    | { readonly kind: 'exit'; readonly code: number }
    | { readonly kind: 'stall' };
}

/** Throws an Error that names the argument when it is not in the language. */
export function parseScript(words: readonly string[]): Script {
  const values: ScriptedValue[] = [];
  const factors = new Map<string, number>();
  const rules: ScriptRule[] = [];
  let durationMs: Noisy = { base: 0, spread: 0 };
  for (let index = 0; index < words.length; index += 2) {
    const option = words[index] ?? '';
    const text = words[index + 1];
    if (text === undefined) throw new Error(`${option}: a value is missing behind it`);
    const what = `${option} ${text}`;
    if (option === '--value') values.push(parseValue(what, text));
    else if (option === '--factor') factors.set(...parseFactor(what, text));
    else if (option === '--duration-ms')
      durationMs = parseNoisy(what, text, 'BASE±SPREAD, for example 2000±150');
    else rules.push(parseRule(option, text));
  }
  return { durationMs, values, factors, rules };
}

/** The first rule that fits the trial. */
export function ruleFor(
  script: Script,
  trial: { readonly kernel: string; readonly repetition: number },
): ScriptRule | undefined {
  return script.rules.find(
    ({ kernel = trial.kernel, repetition = trial.repetition }) =>
      kernel === trial.kernel && repetition === trial.repetition,
  );
}

function parseValue(what: string, text: string): ScriptedValue {
  const equals = text.indexOf('=');
  const expected = 'NAME=BASE±SPREAD, for example ns=230±2';
  if (equals <= 0) throw new Error(`${what}: expected ${expected}`);
  const noisy = parseNoisy(what, text.slice(equals + 1), expected);
  return { metric: text.slice(0, equals), ...noisy };
}

function parseNoisy(what: string, text: string, expected: string): Noisy {
  const match = /^([^±+]+)(?:(?:±|\+-)(.+))?$/.exec(text);
  if (match === null) throw new Error(`${what}: expected ${expected}`);
  const [, base = '', spread = '0'] = match;
  return { base: parseNumber(what, base), spread: parseNumber(what, spread) };
}

function parseFactor(what: string, text: string): [string, number] {
  const equals = text.lastIndexOf('=');
  if (equals <= 0) throw new Error(`${what}: expected KERNEL=FACTOR, for example v6.17=1.6`);
  return [text.slice(0, equals), parseNumber(what, text.slice(equals + 1))];
}

function parseRule(option: string, text: string): ScriptRule {
  const what = `${option} ${text}`;
  const [kernel = '', repetition = '', detail = ''] = text.split(':');
  const action = parseAction({ option, what, detail });
  return {
    text: what,
    kernel: kernel === '*' ? undefined : kernel,
    repetition: repetition === '*' ? undefined : parseNumber(what, repetition),
    action,
  };
}

function parseAction(rule: { option: string; what: string; detail: string }): ScriptRule['action'] {
  const { option, what, detail } = rule;
  switch (option) {
    case '--fail':
      return { kind: 'fail', class: parseClass(what, detail), isOnce: false };
    case '--fail-once':
      return { kind: 'fail', class: parseClass(what, detail), isOnce: true };
    case '--exit':
      return { kind: 'exit', code: parseNumber(what, detail) };
    case '--stall':
      return { kind: 'stall' };
    default:
      throw new Error(
        `${option}: not an option of the scripted runner; it knows --value, --factor, ` +
          '--duration-ms, --fail, --fail-once, --exit and --stall',
      );
  }
}

function parseClass(what: string, text: string): FailureClass {
  const found = FAILURE_CLASSES.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(
    `${what}: '${text}' is not a failure class; one of ${FAILURE_CLASSES.join(', ')}`,
  );
}

function parseNumber(what: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${what}: '${text}' is not a number`);
  return Number(text);
}
