// SPDX-License-Identifier: Apache-2.0
/**
 * What is not the same in the setup of two rows, besides their kernels: environment, host class,
 * workload, and the conditions under which they ran.
 */
import { SETTINGS, textOf as settingText } from '../environment-settings.js';
import { measuredTrials } from '../row-view.js';
import { differenceIn, type SetupDifference } from './difference.js';
import type { RowMatch } from './match-rows.js';
import { type SideRow, type SweepSide, sharedClasses } from './sweep-side.js';

/** What a record says that cannot say it. */
const NOT_TOLD = 'not told';

export function setupDifferences(
  sides: { readonly a: SweepSide; readonly b: SweepSide },
  rows: RowMatch,
): SetupDifference[] {
  const both = (read: (side: SweepSide, row: SideRow) => string) => ({
    a: read(sides.a, rows.a),
    b: read(sides.b, rows.b),
  });
  const planned = (read: (row: SideRow['view']['planned']) => string) =>
    both((_, { view }) => read(view.planned));
  const spec = (read: (spec: SweepSide['record']['spec']) => string) =>
    both(({ record }) => read(record.spec));
  return [
    ...differenceIn(
      'environment',
      'identity',
      both((_, { view }) => view.environment),
    ),
    ...hostDifference(rows),
    ...workloadDifferences(sides),
    ...differenceIn(
      'memory',
      'setting',
      planned(({ shape }) => `${shape.memoryMib} MiB`),
    ),
    ...differenceIn(
      'kernel command line',
      'setting',
      planned((row) => row.commandLine),
    ),
    ...differenceIn(
      'guest settings',
      'setting',
      planned(({ guest }) => textOf(guest)),
    ),
    ...differenceIn(
      'native settings',
      'setting',
      planned(({ native }) => textOf(native)),
    ),
    ...differenceIn(
      'hygiene',
      'setting',
      spec(({ hygiene }) => hygiene),
    ),
    ...differenceIn(
      'order',
      'setting',
      spec(({ order }) => order),
    ),
    ...toldDifferences(rows),
  ];
}

function hostDifference(rows: RowMatch): SetupDifference[] {
  if (sharedClasses(rows.a, rows.b).length > 0) return [];
  const text = ({ classes }: SideRow) => classes.join('; ') || 'nothing measured';
  const [a, b] = [text(rows.a), text(rows.b)];
  return [{ factor: 'host class', a, b, weight: 'identity' }];
}

/** The same program, given the same words, beside the same files. */
function workloadDifferences(sides: {
  readonly a: SweepSide;
  readonly b: SweepSide;
}): SetupDifference[] {
  const [one, other] = [sides.a.record, sides.b.record];
  const [a, b] = [one.submitted.workload, other.submitted.workload];
  const isUnknown = a.sha256 === NOT_TOLD || b.sha256 === NOT_TOLD;
  const binary = isUnknown
    ? [{ factor: 'workload sha256', a: a.sha256, b: b.sha256, weight: 'identity' as const }]
    : differenceIn('workload sha256', 'identity', { a: a.sha256, b: b.sha256 });
  const compilers = { a: a.compiler, b: b.compiler };
  const flags = { a: a.flags.join(' '), b: b.flags.join(' ') };
  const sources = { a: a.sourceSha256 ?? '', b: b.sourceSha256 ?? '' };
  const words = (record: typeof one) => record.spec.workload.arguments.join(' ');
  const variables = (record: typeof one) => textOf(record.spec.workload.variables);
  const files = (each: typeof a) => each.files.map((file) => `${file.name} ${file.sha256}`);
  return [
    ...binary,
    ...(binary.length === 0 ? [] : differenceIn('workload source', 'detail', sources)),
    ...(binary.length === 0 ? [] : differenceIn('compiler', 'detail', compilers)),
    ...(binary.length === 0 ? [] : differenceIn('compiler flags', 'detail', flags)),
    ...differenceIn('workload arguments', 'identity', { a: words(one), b: words(other) }),
    ...differenceIn('workload variables', 'identity', { a: variables(one), b: variables(other) }),
    ...differenceIn('workload files', 'identity', {
      a: files(a).join(', '),
      b: files(b).join(', '),
    }),
  ];
}

/** Of hosts and guests, where both sides told of it. */
function toldDifferences(rows: RowMatch): SetupDifference[] {
  const trials = ({ view }: SideRow) =>
    view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  const kind = ({ view }: SideRow) => (view.environment === 'native' ? 'native' : 'virtual');
  const [ofA, ofB] = [trials(rows.a), trials(rows.b)];
  const differences = SETTINGS.flatMap((setting) => {
    const a = settingText(setting[kind(rows.a)], ofA);
    const b = settingText(setting[kind(rows.b)], ofB);
    return a === '' || b === '' ? [] : differenceIn(setting.words, 'setting', { a, b });
  });
  // One setting may be told by two facts.
  return [...new Map(differences.map((each) => [each.factor, each])).values()];
}

/** Keys in one order, so that equal settings are equal texts. */
function textOf(settings: object): string {
  return Object.entries(settings)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ');
}
