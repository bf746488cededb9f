// SPDX-License-Identifier: Apache-2.0
/**
 * Recognises the outcomes that a log has by the million, so that a controller that starts need not
 * take each of them through the schema. It says yes only to what the schema of `log-entry.ts` would
 * hand back unchanged; whatever it does not know goes there.
 */
import { ENVIRONMENTS } from './domain.js';
import { PURPOSES } from './trial-settings.js';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const SHA256 = /^[0-9a-f]{64}$/;
const environments: ReadonlySet<unknown> = new Set(ENVIRONMENTS);
const purposes: ReadonlySet<unknown> = new Set(PURPOSES);
const lines: ReadonlySet<unknown> = new Set(['round', 'result']);

const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => typeof value === 'string' && value !== '';
const isWhole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSha256: Check = (value) => typeof value === 'string' && SHA256.test(value);

const OUTCOME_CHECKS: readonly (readonly [string, Check])[] = [
  ['sweep', isName],
  ['block', isName],
  ['trial', isName],
  ['kernel', isName],
  ['attempt', (value) => isWhole(value) && value !== 0],
  ['host', isName],
  ['hostName', isText],
  ['session', isText],
  ['environment', (value) => environments.has(value)],
  ['purpose', (value) => purposes.has(value)],
  ['startedAtMs', isWhole],
  ['durationMs', (value) => Number.isFinite(value) && (value as number) >= 0],
  ['outcome', isMeasured],
  ['evidence', (value) => isFields(value) && everyField(value, isEvidence)],
];

/** True for a `trial-ended` entry without anything unusual. */
export function isPlainOutcome(value: unknown): boolean {
  if (!isFields(value) || value.type !== 'trial-ended') return false;
  let known = 1;
  for (const [name, check] of OUTCOME_CHECKS) {
    if (!check(value[name])) return false;
    known += 1;
  }
  if (value.epoch !== undefined) {
    if (!isWhole(value.epoch)) return false;
    known += 1;
  }
  return fieldCount(value) === known;
}

function isMeasured(value: unknown): boolean {
  if (!isFields(value) || fieldCount(value) !== 4 || value.status !== 'measured') return false;
  const { samples, facts, consoleTail } = value;
  return isText(consoleTail) && isTexts(facts) && Array.isArray(samples) && samples.every(isSample);
}

function isSample(value: unknown): boolean {
  if (!isFields(value) || fieldCount(value) !== 4) return false;
  const { scenario, line, values, texts } = value;
  if (!isText(scenario) || !lines.has(line) || !isTexts(texts) || !isFields(values)) return false;
  return everyField(values, (_, each) => Number.isFinite(each));
}

function isTexts(value: unknown): boolean {
  return isFields(value) && everyField(value, (_, each) => typeof each === 'string');
}

function isEvidence(name: string, value: unknown): boolean {
  if (name === 'outputText') return typeof value === 'string';
  return (name === 'output' || name === 'console' || name === 'dump') && isSha256(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Neither of these makes an array of the keys, which would cost more than all checks.
function fieldCount(value: Fields): number {
  let count = 0;
  for (const _ in value) count += 1;
  return count;
}

function everyField(value: Fields, check: (name: string, value: unknown) => boolean): boolean {
  for (const name in value) {
    // The schema leaves this name out, or the object would get another prototype.
    if (name === '__proto__' || !check(name, value[name])) return false;
  }
  return true;
}
