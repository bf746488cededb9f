// SPDX-License-Identifier: Apache-2.0
/**
 * README.md of a bundle: what the archive holds, how to check it, and the commands that repeat the
 * sweep, for somebody who may not have labsweep yet.
 */
import { commandLines, type SweepRecord, shellWord } from '@labsweep/analysis';
import type { SweepCommand } from '@labsweep/proto';
import { kernelPath } from '../evidence-files.js';
import type { LeftOut } from './manifest.js';
import { comparePaths } from './member-path.js';
import { ownKernels } from './own-kernels.js';
import type { RepeatTree } from './repeat-tree.js';

const BINARY = 'binaries/reproducer';

/** Files, and folders by a slash at their end; a row stands in the table where one is there. */
const MEMBERS: readonly (readonly [names: readonly string[], what: string])[] = [
  [
    ['record.jsonl'],
    'the raw record: a head, then one entry a line: the submission, hosts and their facts, commands, and every outcome of every attempt',
  ],
  [['report.txt', 'results.csv'], 'the report, and one line per trial and metric'],
  [
    ['plan.txt', 'plan.json'],
    'rows, blocks in the order in which they were handed out, kernels in the order in which they ran',
  ],
  [['artifacts.json'], 'sha256 of kernels and workload, the compiler and its flags'],
  [[BINARY], 'the one binary that ran everywhere'],
  [['repeat/'], 'the spec as it was submitted, and the files that it names'],
  [['kernels/'], 'by the names of kernels, the configurations that are known, and images'],
  [
    ['serial/', 'output/'],
    "each guest's console, and what came over its result channel, by trial and attempt",
  ],
  [['audit/', 'attribution/'], 'the dumps of trials that were not timed'],
  [['hosts.json', 'guests.json'], 'what the hosts and each guest said of themselves'],
];

interface ReadmeParts {
  readonly tree: RepeatTree;
  /** Paths of what is in the bundle besides the README and what is made after it. */
  readonly members: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export function bundleReadme(record: SweepRecord, at: ReadmeParts): string {
  const { sweep, state, submitted } = record;
  return [
    `# ${sweep}\n`,
    `A sweep of labsweep: ${state}, seed ${submitted.seed}, spec \`${at.tree.spec}\`.\n`,
    memberTable(at.members),
    leftOutSection(at.leftOut),
    '## Check it\n',
    fenced('sha256sum --check --quiet SHA256SUMS'),
    '## Read it\n',
    fenced(`labsweep report BUNDLE.tar.gz\nlabsweep report BUNDLE.tar.gz --format csv`),
    '## Repeat it\n',
    repeatSection(record, at),
  ].join('\n');
}

function memberTable(members: readonly string[]): string {
  const isThere = (name: string) =>
    members.some((path) => (name.endsWith('/') ? path.startsWith(name) : path === name));
  const rows = MEMBERS.flatMap(([names, what]) => {
    const found = names.filter(isThere).map((name) => `\`${name}\``);
    return found.length === 0 ? [] : [`| ${found.join(', ')} | ${what} |`];
  });
  return [
    '| file | what it is |',
    '| --- | --- |',
    '| `MANIFEST.json` | size and sha256 of every other file, and what is not in here |',
    '| `SHA256SUMS` | the same for `sha256sum --check` |',
    ...rows,
    '',
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

function repeatSection(record: SweepRecord, at: ReadmeParts): string {
  const { tree, members } = at;
  const { submitted, commands = [] } = record;
  const added = commands.flatMap((entry) =>
    entry.type === 'commanded' ? addedBy(entry.command) : [],
  );
  const run = `labsweep run ${shellWord(tree.spec)} --seed ${submitted.seed}`;
  return [
    'With labsweep installed, in the folder of this file:\n',
    fenced([run, ...added].join('\n')),
    workloadWords(record, members.includes(BINARY)),
    kernelWords(record),
    absoluteWords(at),
    absentWords(at),
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

function workloadWords({ spec, submitted }: SweepRecord, hasBinary: boolean): string {
  const { sha256, compiler, flags } = submitted.workload;
  const words = [spec.workload.program.path, ...spec.workload.arguments].map(shellWord).join(' ');
  const built = compiler === '' ? '' : ` It was built by ${compiler} with \`${flags.join(' ')}\`.`;
  return (
    `The workload is \`${words}\`; its binary has the sha256 ${sha256}.${built} The same compiler ` +
    `gives the same binary${hasBinary ? `; \`${BINARY}\` is the one that ran` : ''}.\n`
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

function absoluteWords({ tree: { places }, members }: ReadmeParts): string {
  const lines = [...places]
    .filter(([path, place]) => path.startsWith('/') && members.includes(place))
    .map(([path, place]) => `- \`${place}\` to \`${path}\`\n`);
  if (lines.length === 0) return '';
  return `The spec names files by absolute paths. Copy first:\n\n${lines.join('')}`;
}

/** What the spec names and nobody can copy from here. */
function absentWords({ tree: { places }, members, leftOut }: ReadmeParts): string {
  const lines = [...places]
    .filter(([, place]) => !members.includes(place))
    .map(([path, place]) => {
      const sha256 = leftOut.find((each) => each.path === place)?.sha256;
      const needed = path.startsWith('/') ? path : place;
      return `- \`${needed}\`${sha256 === undefined ? '' : `, sha256 ${sha256}`}\n`;
    });
  if (lines.length === 0) return '';
  return `The spec needs, and it is not in here, so put it there first:\n\n${lines.join('')}`;
}

function commandWords(record: SweepRecord): string {
  const lines = commandLines(record).map((line) => `- ${line}\n`);
  return lines.length === 0 ? '' : `What was asked after the submission:\n\n${lines.join('')}`;
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\`\n`;
}
