// SPDX-License-Identifier: Apache-2.0
/**
 * The lines by which a reader repeats a measurement: how the reproducer was built, how it was run,
 * and by which sums to know that it is the same one.
 */
import type { MeasuredTable, SweepRecord } from '../../sweep-record.js';
import { wrapText } from '../page.js';
import { shellWord } from '../shell-word.js';

/** Shell lines are continued by a backslash, so that they can be pasted. */
export function reproduceLines(record: SweepRecord, columns: number): string[] {
  const { table } = record;
  return [
    'Reproduce:',
    ...(table === undefined ? sweepLines(record, columns) : tableLines(record, { table, columns })),
  ];
}

/** Only the report can be made again: what was run, and how, a table does not tell. */
function tableLines(
  { spec }: SweepRecord,
  { table, columns }: { readonly table: MeasuredTable; readonly columns: number },
): string[] {
  const options = { baseline: spec.baseline, metric: spec.workload.metrics[0]?.name ?? '' };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, shellWord(value)]);
  return [
    ...shellLines(['labsweep', 'report', '--from', shellWord(table.fileName), ...words], columns),
    ...sumLines([{ name: table.fileName, sha256: table.sha256 }]),
    ...wrapText('what was run, and in which order, the table does not tell', {
      prefix: '  ',
      columns,
    }),
  ];
}

function sweepLines(record: SweepRecord, columns: number): string[] {
  const { spec, submitted } = record;
  const { workload } = submitted;
  const specName = baseName(submitted.specPath);
  // One that was written for this sweep alone, as a narrowing does, is no file of the user.
  const isOwn = specName === `${record.sweep}.toml`;
  const program = baseName(spec.workload.program.path);
  const binary = program.replace(/\.c$/, '');
  const isBuilt = spec.workload.program.kind === 'source';
  const compiler = workload.compiler.split(' ')[0] || 'cc';
  const build = [
    compiler,
    ...workload.flags.map(shellWord),
    `-o ${shellWord(binary)}`,
    shellWord(program),
  ];
  const variables = Object.entries(spec.workload.variables).map(
    ([name, value]) => `${name}=${shellWord(value)}`,
  );
  const run = [...variables, `./${shellWord(binary)}`, ...spec.workload.arguments.map(shellWord)];
  const expected = spec.workload.expectations.map(
    ({ metric, operator, value }) => `${metric} ${operator} ${value}`,
  );
  return [
    ...(isBuilt ? shellLines(build, columns) : []),
    ...shellLines(run, columns),
    ...(isBuilt && workload.compiler !== ''
      ? wrapText(`compiled by ${workload.compiler}`, { prefix: '  ', columns })
      : []),
    ...(expected.length === 0
      ? []
      : wrapText(`each result line must have ${expected.join(', ')}`, { prefix: '  ', columns })),
    ...sumLines([
      ...(workload.sourceSha256 === undefined
        ? []
        : [{ name: program, sha256: workload.sourceSha256 }]),
      { name: binary, sha256: workload.sha256 },
      ...workload.files,
    ]),
    ...wrapText(
      `the whole sweep: labsweep run ${shellWord(specName)} (seed ${submitted.seed}` +
        `${isOwn ? "; the spec is in the sweep's bundle" : ''})`,
      { prefix: '  ', columns },
    ),
  ];
}

function sumLines(files: readonly { readonly name: string; readonly sha256: string }[]): string[] {
  return files.flatMap(({ name, sha256 }) => [`  sha256 of ${name}:`, `  ${sha256}`]);
}

function shellLines(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of words) {
    if (line.trim() !== '' && line.length + word.length + 3 > columns) {
      lines.push(`${line} \\`);
      line = '     ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** The folders of a reporter's machine say nothing to a reader. */
function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
