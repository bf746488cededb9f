// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  DEFAULT_SCHEDULING,
  type Spec,
} from '@labsweep/proto';
import { PROBLEMS_MAX } from './limits.js';
import { parseSpec } from './parse-spec.js';
import { formatProblem } from './spec-problem.js';
import { breakSpec, SMALL_SPEC } from './testing/small-spec.js';

function accept(text: string): Spec {
  const result = parseSpec({ text, path: 's.toml' });
  assert(result.ok, result.ok ? '' : result.problems.map(formatProblem).join('\n'));
  return result.spec;
}

test('A spec is read whole, with the defaults of the keys that it leaves out.', () => {
  const common = {
    commandLine: '',
    deadlineMs: 300_000,
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
  };
  assert.deepEqual(accept(SMALL_SPEC), {
    name: 'window',
    kernels: [
      {
        name: 'v6.12',
        text: 'debian:bookworm-security/linux-image-6.12-cloud-amd64',
        source: {
          kind: 'debian',
          suite: 'bookworm-security',
          package: 'linux-image-6.12-cloud-amd64',
        },
      },
      {
        name: 'v6.16',
        text: 'file:build/bzImage',
        source: { kind: 'file', path: 'build/bzImage' },
      },
      { name: 'running', text: 'host', source: { kind: 'host' } },
    ],
    workload: {
      name: 'reproducer',
      program: { kind: 'source', path: '../native/src/reproducer.c' },
      arguments: ['--iterations', '200'],
      variables: {},
      files: {},
      output: DEFAULT_OUTPUT,
      metrics: [{ name: 'iteration_ns', unit: 'ns', direction: 'lower', meaning: '' }],
      expectations: [{ metric: 'unexpected_results', operator: '==', value: 0 }],
    },
    environments: [
      {
        ...common,
        environment: 'qemu',
        shapes: [
          { smp: 1, memoryMib: 512 },
          { smp: 2, memoryMib: 512 },
        ],
        kernels: ['v6.12', 'v6.16'],
        estimateMs: 10_000,
      },
      {
        ...common,
        environment: 'native',
        shapes: [{ smp: 1, memoryMib: 0 }],
        kernels: ['running'],
        estimateMs: 6_000,
      },
    ],
    repetitions: 3,
    order: 'interleaved',
    seed: 1,
    baseline: 'v6.16',
    hygiene: 'observe',
    scheduling: DEFAULT_SCHEDULING,
  });
});

test('Keys that are given win over defaults.', () => {
  const text = breakSpec({
    from: 'memory_mib = 512',
    to: [
      'memory_mib = { 1 = 256, 2 = 768 }',
      'command_line = "tsc=unstable"',
      'kernels = ["running", "v6.12"]',
      'deadline_s = 0.5',
      'estimate_s = 2',
    ].join('\n'),
  }).replace('repetitions = 3', 'repetitions = 3\norder = "listed"\nseed = 4294967295');
  const spec = accept(`${text}[gap]\ngood = "v6.12"\nbad = "v6.16"\ncandidate = "running"\n`);
  assert.deepEqual(spec.environments[0], {
    environment: 'qemu',
    shapes: [
      { smp: 1, memoryMib: 256 },
      { smp: 2, memoryMib: 768 },
    ],
    kernels: ['running', 'v6.12'],
    commandLine: 'tsc=unstable',
    deadlineMs: 500,
    estimateMs: 2000,
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
  });
  assert.equal(spec.order, 'listed');
  assert.equal(spec.seed, 4294967295);
  assert.deepEqual(spec.gap, { good: 'v6.12', bad: 'v6.16', candidate: 'running' });
});

test('Kernels keep the order of the file, also those whose names are numbers.', () => {
  const text = breakSpec({ from: 'baseline = "v6.16"\n', to: '' }).replace(
    'running = "host"',
    'running = "host"\n617 = "file:b"\n612 = "file:a"',
  );
  const spec = accept(text);
  assert.deepEqual(
    spec.kernels.map(({ name }) => name),
    ['v6.12', 'v6.16', 'running', '617', '612'],
  );
  assert.deepEqual(spec.environments[0]?.kernels, ['v6.12', 'v6.16', '617', '612']);
  assert.equal(spec.baseline, 'v6.12', 'the first kernel is the default');
});

test('A scripted environment takes all kernels, and a binary names the workload.', () => {
  const text = breakSpec({ from: '"qemu"', to: '"scripted"' }).replace(
    'source = "../native/src/reproducer.c"',
    'binary = "build/touch.static.x86"',
  );
  const spec = accept(text);
  assert.deepEqual(spec.environments[0]?.kernels, ['v6.12', 'v6.16', 'running']);
  assert.equal(spec.environments[0]?.estimateMs, 1000);
  assert.equal(spec.workload.name, 'touch.static');
  assert.deepEqual(spec.workload.program, { kind: 'binary', path: 'build/touch.static.x86' });
});

test('A byte order mark and the line ends of Windows change nothing.', () => {
  const windows = `\uFEFF${SMALL_SPEC.replaceAll('\n', '\r\n')}`;
  assert.deepEqual(accept(windows), accept(SMALL_SPEC));
});

test('Rows that differ in memory or command line are no repetition of each other.', () => {
  const again = (line: string) =>
    `${SMALL_SPEC}[[environments]]\nenvironment = "qemu"\nsmp = [1]\n${line}\n`;
  assert.equal(accept(again('memory_mib = 1024')).environments.length, 3);
  assert.equal(accept(again('memory_mib = 512\ncommand_line = "quiet"')).environments.length, 3);
});

test('All mistakes of a file are told at once, in the order of the file.', () => {
  const text = SMALL_SPEC.replace('"window"', '"Window"')
    .replace('baseline = "v6.16"', 'baseline = "v6.61"')
    .replace('"file:build', '"fiel:build')
    .replace('unit = "ns", ', '')
    .replace('smp = [1, 2]', 'smp = [0, 2]\nsmb = 1')
    .replace('smp = [1]', 'smp = [1]\nmemory_mib = 9');
  const result = parseSpec({ text, path: 's.toml' });
  assert(!result.ok);
  assert.deepEqual(
    result.problems.map(({ line, column, where }) => `${line}:${column} ${where}`),
    [
      '1:8 name',
      '2:12 baseline',
      '6:11 kernels."v6.16"',
      '13:16 workload.metrics.iteration_ns.unit',
      '16:8 environments[0].smp[0]',
      '17:1 environments[0].smb',
      '22:1 environments[1].memory_mib',
      '22:14 environments[1].memory_mib',
    ],
  );
});

test('More trials than a sweep may have are told with the repetitions that would fit.', () => {
  const counts = Array.from({ length: 1000 }, (_, index) => index + 1).join(', ');
  const text = breakSpec({ from: 'smp = [1, 2]', to: `smp = [${counts}]` });
  const result = parseSpec({ text: text.replace('= 3', '= 600'), path: 's.toml' });
  assert(!result.ok);
  const [problem] = result.problems;
  assert.equal(problem?.what, '1200600 trials, and a sweep has at most 1000000');
  assert.equal(problem?.hint, 'at most 499 repetitions fit');
  assert.equal(`${problem?.line}:${problem?.column}`, '3:15');
  assert.equal(accept(text.replace('= 3', '= 499')).repetitions, 499);
});

test('A file that is no spec by its length is refused unread.', () => {
  const result = parseSpec({ text: '#'.repeat(64 * 1024 + 1), path: 's.toml' });
  assert(!result.ok);
  assert.equal(result.problems[0]?.what, '65537 characters, and a spec has at most 65536');
});

test('Control characters of a file do not reach the terminal.', () => {
  const told = ['baseline = "\\u001b[2Jv6"', 'baseline = "\u001b[2J"'].flatMap((line) => {
    const result = parseSpec({
      text: breakSpec({ from: 'baseline = "v6.16"', to: line }),
      path: 's',
    });
    assert(!result.ok);
    return result.problems.map((each) => formatProblem(each).split('\n')[0]);
  });
  assert.deepEqual(told, [
    's:2:12: baseline: no kernel `?[2Jv6` in [kernels]; known: `v6.12`, `v6.16`, `running`',
    's:2:13: TOML: control characters (codes < 0x1f and 0x7f) are not allowed; ' +
      'https://toml.io/en/v1.0.0 has the rules',
  ]);
  const source = breakSpec({ from: 'file:build', to: 'file:a\\nb' });
  const refused = parseSpec({ text: source, path: 's' });
  assert(!refused.ok);
  assert.match(refused.problems[0]?.what ?? '', /^expected one line without control characters/);
});

test('A flood of mistakes on one long line stays readable.', () => {
  const text = breakSpec({ from: 'smp = [1]', to: `smp = [${'0, '.repeat(5000)}0]` });
  const result = parseSpec({ text, path: 's' });
  assert(!result.ok);
  assert.equal(result.problems.length, PROBLEMS_MAX);
  for (const problem of result.problems) {
    const [, source = '', caret = ''] = formatProblem(problem).split('\n');
    assert(source.length <= 160 && source[caret.length - 1] === '0', source);
  }
});

test('The caret keeps its place behind tabs.', () => {
  const result = parseSpec({ text: breakSpec({ from: 'smp = [1]', to: '\tsmp =\t0' }), path: 's' });
  assert(!result.ok && result.problems[0]);
  assert.match(formatProblem(result.problems[0]), /\n\tsmp =\t0\n\t {5}\t\^$/);
});

/**
 * Goal: no text makes the parser throw. Method: the small spec with each character gone, or cut
 * there.
 */
test('A spec that is damaged anywhere is still answered, with places that exist.', () => {
  const damaged = [...SMALL_SPEC].flatMap((_, index) => [
    SMALL_SPEC.slice(0, index),
    SMALL_SPEC.slice(0, index) + SMALL_SPEC.slice(index + 1),
  ]);
  let refused = 0;
  for (const text of damaged) {
    const result = parseSpec({ text, path: 's.toml' });
    if (result.ok) continue;
    refused += 1;
    assert.notEqual(result.problems.length, 0);
    const lines = text.split('\n');
    for (const problem of result.problems) {
      const sourceLine = lines[problem.line - 1];
      assert.equal(problem.sourceLine, sourceLine, text);
      assert(problem.column >= 1 && problem.column <= (sourceLine?.length ?? 0) + 1, text);
      assert(problem.what !== '' && problem.hint !== '' && problem.where !== '', text);
      assert(!problem.hint.includes('``'), `an empty hint: ${formatProblem(problem)}`);
    }
  }
  assert(refused > damaged.length / 2, `${refused} of ${damaged.length} were refused`);
});
