// SPDX-License-Identifier: Apache-2.0
/**
 * The lines by which a reader repeats a measurement: how the reproducer was built, how it was run,
 * and by which sums to know that it is the same one.
 */
import type { SweepRecord } from '../../sweep-record.js';
import { wrapText } from '../page.js';

/** Shell lines are continued by a backslash, so that they can be pasted. */
export function reproduceLines(record: SweepRecord, columns: number): string[] {
  const { spec, submitted } = record;
  const { workload } = submitted;
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
    ...sumLines(record, { program, binary }),
    ...wrapText(
      `the whole sweep: labsweep run ${shellWord(baseName(submitted.specPath))} ` +
        `(seed ${submitted.seed})`,
      { prefix: '  ', columns },
    ),
  ];
}

/** In the form that `sha256sum --check` reads. */
function sumLines(
  { submitted: { workload } }: SweepRecord,
  { program, binary }: { readonly program: string; readonly binary: string },
): string[] {
  const files = [
    ...(workload.sourceSha256 === undefined
      ? []
      : [{ name: program, sha256: workload.sourceSha256 }]),
    { name: binary, sha256: workload.sha256 },
    ...workload.files,
  ];
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

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The folders of a reporter's machine say nothing to a reader. */
function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
