// SPDX-License-Identifier: Apache-2.0
/**
 * README.md of a bundle: what the archive holds, how to check it, and the commands that repeat the
 * sweep, for somebody who may not have labsweep yet.
 */
import { commandLine, type SweepRecord } from '@labsweep/analysis';
import type { SweepCommand } from '@labsweep/proto';
import { kernelPath } from '../evidence-files.js';
import type { LeftOut } from './manifest.js';
import { comparePaths } from './member-path.js';
import { ownKernels } from './own-kernels.js';
import type { RepeatTree } from './repeat-tree.js';

const MEMBERS = [
  '| file | what it is |',
  '| --- | --- |',
  '| `MANIFEST.json` | size and sha256 of every other file, and what is not in here |',
  '| `SHA256SUMS` | the same for `sha256sum --check` |',
  '| `record.jsonl` | the raw record: a head, then one entry a line: the submission, hosts and their facts, commands, and every outcome of every attempt |',
  '| `report.txt`, `results.csv` | the report, and one line per trial and metric |',
  '| `plan.txt`, `plan.json` | rows, blocks in the order in which they were handed out, kernels in the order in which they ran |',
  '| `artifacts.json` | sha256 of kernels and workload, the compiler and its flags |',
  '| `binaries/reproducer` | the one binary that ran everywhere |',
  '| `repeat/` | the spec as it was submitted, and the files that it names |',
  "| `serial/`, `output/` | each guest's console, and what came over its result channel, by trial and attempt |",
  '| `audit/`, `attribution/` | the dumps of trials that were not timed |',
  '| `hosts.json`, `guests.json` | what the hosts and each guest said of themselves |',
  '',
].join('\n');

export function bundleReadme(
  record: SweepRecord,
  at: { readonly tree: RepeatTree; readonly leftOut: readonly LeftOut[] },
): string {
  const { sweep, state, submitted } = record;
  return [
    `# ${sweep}\n`,
    `A sweep of labsweep: ${state}, seed ${submitted.seed}, spec \`${at.tree.spec}\`.\n`,
    MEMBERS,
    leftOutSection(at.leftOut),
    '## Check it\n',
    fenced('sha256sum --check --quiet SHA256SUMS'),
    '## Read it\n',
    fenced(`labsweep report BUNDLE.tar.gz\nlabsweep report BUNDLE.tar.gz --format csv`),
    '## Repeat it\n',
    repeatSection(record, at.tree),
  ].join('\n');
}

function leftOutSection(leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return 'Nothing of the sweep was left out.\n';
  const lines = leftOut.toSorted((a, b) => comparePaths(a.path, b.path)).map(leftOutLine);
  return `Not in here:\n\n${lines.join('')}`;
}

function leftOutLine({ path, sha256, reason }: LeftOut): string {
  return `- \`${path}\`${sha256 === undefined ? '' : `, sha256 ${sha256}`}: ${reason}\n`;
}

function repeatSection(record: SweepRecord, tree: RepeatTree): string {
  const { submitted, commands = [] } = record;
  const added = commands.flatMap((entry) =>
    entry.type === 'commanded' ? addedBy(entry.command) : [],
  );
  const run = `labsweep run ${shellWord(tree.spec)} --seed ${submitted.seed}`;
  return [
    'With labsweep installed, in the folder of this file:\n',
    fenced([run, ...added].join('\n')),
    workloadWords(record),
    kernelWords(record),
    absoluteWords(tree),
    commandWords(record),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** As a user would ask it again. */
function addedBy(command: SweepCommand): string[] {
  switch (command.kind) {
    case 'add-repetitions':
      return [`labsweep add SWEEP --repetitions ${command.count}`];
    case 'add-kernel': {
      const { name, source } = command.kernel;
      const [asked = ''] = source.split(' ');
      const from = asked.startsWith('file:') ? `file:${kernelPath({ name }, 'vmlinuz')}` : asked;
      return [`labsweep add SWEEP --kernel ${shellWord(`${name}=${from}`)}`];
    }
    default:
      return [];
  }
}

function workloadWords({ spec, submitted }: SweepRecord): string {
  const { sha256, compiler, flags } = submitted.workload;
  const words = [spec.workload.program.path, ...spec.workload.arguments].map(shellWord).join(' ');
  const built = compiler === '' ? '' : ` It was built by ${compiler} with \`${flags.join(' ')}\`.`;
  return (
    `The workload is \`${words}\`; its binary has the sha256 ${sha256}.${built} The same compiler ` +
    'gives the same binary; `binaries/reproducer` is the one that ran.\n'
  );
}

function kernelWords(record: SweepRecord): string {
  const { again, baseline } = record.spec;
  const lines = ownKernels(record).map(({ name, source, image, config }) => {
    const pinned =
      image === undefined
        ? 'no image: the kernel that the host ran'
        : `${image.release}, sha256 ${image.sha256}`;
    const built =
      config === undefined
        ? 'configuration not known'
        : `configuration \`${kernelPath({ name }, 'config')}\`, sha256 ${config.sha256}`;
    return `- ${name}: \`${source}\` (${pinned}; ${built})\n`;
  });
  const turn =
    again === undefined
      ? ''
      : `\n${again} is ${baseline} again, for its second turn in each block.\n`;
  return `The kernels, which may have moved on where they came from:\n\n${lines.join('')}${turn}`;
}

function absoluteWords({ places }: RepeatTree): string {
  const lines = [...places]
    .filter(([path]) => path.startsWith('/'))
    .map(([path, place]) => `- \`${place}\` to \`${path}\`\n`);
  if (lines.length === 0) return '';
  return `The spec names files by absolute paths. Copy first:\n\n${lines.join('')}`;
}

function commandWords({ commands = [], hosts }: SweepRecord): string {
  if (commands.length === 0) return '';
  const names = new Map(hosts.map(({ id, name }) => [id, name]));
  const lines = commands.map(
    (entry) => `- ${commandLine(entry, (host) => names.get(host) ?? host)}\n`,
  );
  return `What was asked after the submission:\n\n${lines.join('')}`;
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\`\n`;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
