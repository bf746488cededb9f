// SPDX-License-Identifier: Apache-2.0
/**
 * The columns that a table of measurements may have, each with the reader of its fields. Those of
 * results.csv are among them, so that what labsweep wrote it also reads.
 */
import { ENVIRONMENTS, FAILURE_CLASSES } from '@labsweep/proto';
import type { Measurement } from './measurement.js';

export type Reading<Value> = { readonly value: Value } | { readonly problem: string };
type Reader<Value> = (text: string) => Reading<Value>;
type Field = Exclude<keyof Measurement, 'offset'>;

export interface Column<Name extends Field = Field> {
  readonly field: Name;
  readonly read: Reader<NonNullable<Measurement[Name]>>;
}

const word: Reader<string> = (text) => ({ value: text });

const oneOf =
  <const Names extends readonly string[]>(names: Names): Reader<Names[number]> =>
  (text) => {
    const found = names.find((name) => name === text);
    return found === undefined
      ? { problem: `'${text}' is not one of ${names.join(', ')}` }
      : { value: found };
  };

const count: Reader<number> = (text) =>
  /^\d{1,9}$/.test(text) && Number(text) > 0
    ? { value: Number(text) }
    : { problem: `'${text}' is no whole number from 1 on` };

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const number: Reader<number> = (text) => {
  if (DECIMAL.test(text) && Number.isFinite(Number(text))) return { value: Number(text) };
  const hint = /^[+-]?\d+,\d+$/.test(text) ? '; write decimals with a point' : '';
  const unit = /^[+-]?[\d.]+ ?[a-zA-Z/%]+$/.test(text) ? '; the unit has a column of its own' : '';
  return { problem: `'${text}' is no number${hint}${unit}` };
};

const environment: Reader<(typeof ENVIRONMENTS)[number]> = (text) =>
  text === 'qemu'
    ? { problem: "'qemu' says too little: qemu-kvm or qemu-tcg, which are never pooled" }
    : oneOf(ENVIRONMENTS)(text);

const column = <Name extends Field>(field: Name, read: Column<Name>['read']): Column =>
  ({ field, read }) as Column;

export const REQUIRED_COLUMNS = ['kernel', 'metric', 'value', 'repetition'] as const;

/** By the name in the header. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['kernel', column('kernel', word)],
  ['metric', column('metric', word)],
  ['value', column('value', number)],
  ['repetition', column('repetition', count)],
  ['environment', column('environment', environment)],
  ['smp', column('smp', count)],
  ['memory', column('memoryMib', count)],
  ['memory_mib', column('memoryMib', count)],
  ['workload', column('workload', word)],
  ['host', column('host', word)],
  ['scenario', column('scenario', word)],
  ['unit', column('unit', word)],
  ['direction', column('direction', oneOf(['lower', 'higher', 'none']))],
  ['kernel_release', column('kernelRelease', word)],
  ['attempt', column('attempt', count)],
  ['status', column('status', oneOf(['measured', 'subject-failed', 'lab-failed']))],
  ['failure', column('failure', oneOf(FAILURE_CLASSES))],
  ['accepted', column('accepted', oneOf(['yes', 'no', 'undecided']))],
  ['purpose', column('purpose', word)],
  ['row', column('row', word)],
  ['block', column('block', word)],
  ['duration_ms', column('durationMs', number)],
]);
