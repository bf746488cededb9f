// SPDX-License-Identifier: Apache-2.0
/**
 * What a reader must know of a table of measurements that we did not make: where it comes from, and
 * what was assumed because it does not tell.
 */
import type { Metric, Spec } from '@labsweep/proto';
import { ASSUMED } from './measured-rows.js';
import type { Measurement, MeasurementTable } from './measurement.js';

export function provenanceOf(parts: {
  readonly fileName: string;
  readonly table: MeasurementTable;
  /** The lines that count. */
  readonly timing: readonly Measurement[];
  readonly guessed: readonly Metric[];
  readonly spec: Pick<Spec, 'baseline' | 'again'>;
}): string[] {
  const { fileName, table, timing, guessed, spec } = parts;
  const values = timing.filter(({ value }) => value !== undefined).length;
  const beside = table.measurements.length - timing.length;
  return [
    `Made elsewhere and read from ${fileName} (${values} values): how kernels, binaries, hosts ` +
      'and guests were set up is not known here, and nothing of it was checked. A block is one ' +
      'repetition on one host; blocks are taken to have run in the order of their repetitions.',
    ...assumptions(timing),
    ...directions(guessed),
    ...(spec.again === undefined
      ? []
      : [
          `${spec.again} is taken for ${spec.baseline} once more in the same blocks: what the two ` +
            'differ by is the noise floor, and no change.',
        ]),
    ...(table.columnsNotRead.length === 0
      ? []
      : [`Columns of ${fileName} that were not read: ${table.columnsNotRead.join(', ')}.`]),
    ...(beside === 0
      ? []
      : [`${beside} lines of ${fileName} are of audits or attributions and hold no values.`]),
  ];
}

function assumptions(timing: readonly Measurement[]): string[] {
  const lacks = (field: keyof Measurement) => timing.some((line) => line[field] === undefined);
  const assumed = [
    ...(lacks('environment') ? [`environment ${ASSUMED.environment}`] : []),
    ...(lacks('smp') ? [`smp ${ASSUMED.smp}`] : []),
    ...(lacks('host') ? ['one host'] : []),
    ...(lacks('kernelRelease') ? ["the kernel's name as its release"] : []),
  ];
  if (assumed.length === 0) return [];
  return [
    `Assumed where the table does not tell: ${assumed.join(', ')}; columns named environment, ` +
      'smp, host and kernel_release would tell.',
  ];
}

function directions(guessed: readonly Metric[]): string[] {
  if (guessed.length === 0) return [];
  const each = guessed.map(({ name, direction }) => `${name} ${direction}`).join(', ');
  return [
    `Which way is good was taken from names and units: ${each}; a column named direction ` +
      '(lower, higher or none) would tell.',
  ];
}
