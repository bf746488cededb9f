// SPDX-License-Identifier: Apache-2.0
/** Mistakes with keys: unknown ones, missing ones, and tables of the wrong kind. */
import { testMistakes } from './testing/test-mistakes.js';

testMistakes([
  {
    mistake: 'an unknown key at the top',
    from: 'repetitions = 3',
    to: 'repetitions = 3\nsead = 1',
    told: ['s.toml:4:1: sead: unknown key; did you mean `seed`?', 'sead = 1', '^'],
  },
  {
    mistake: 'an unknown key that is like no other',
    from: 'smp = [1]',
    to: 'smp = [1]\ncolour = "red"',
    told: [
      's.toml:21:1: environments[1].colour: unknown key; known: `environment`, `smp`, ' +
        '`memory_mib`, `kernels`, `command_line`, `deadline_s`, `estimate_s`, `machine`, ' +
        '`cpu_model`, `numa`, `huge_pages`, `preallocate`, and 9 more',
      'colour = "red"',
      '^',
    ],
  },
  {
    mistake: 'an unknown key in an inline table',
    from: 'unit = "ns"',
    to: 'unti = "ns", unit = "ns"',
    told: [
      's.toml:13:18: workload.metrics.iteration_ns.unti: unknown key; did you mean `unit`?',
      'iteration_ns = { unti = "ns", unit = "ns", direction = "lower" }',
      '                 ^',
    ],
  },
  {
    mistake: 'a top-level key below a table header',
    from: '[workload]\n',
    to: '[workload]\nseed = 4\n',
    told: [
      's.toml:9:1: workload.seed: unknown key; move it to the top of the file, above the ' +
        'first `[`',
      'seed = 4',
      '^',
    ],
  },
  {
    mistake: 'a top-level key below the kernels',
    from: 'running = "host"\n',
    to: 'running = "host"\norder = "listed"\n',
    told: [
      's.toml:8:9: kernels.order: unknown kernel source `listed`; move it to the top of ' +
        'the file, above the first `[`',
      'order = "listed"',
      '        ^',
    ],
  },
  {
    mistake: 'a top-level key among the metrics',
    from: '[[environments]]\nenvironment = "qemu"',
    to: 'seed = 7\n[[environments]]\nenvironment = "qemu"',
    told: [
      's.toml:14:8: workload.metrics.seed: expected a table, got 7; move it to the top of ' +
        'the file, above the first `[`',
      'seed = 7',
      '       ^',
    ],
  },
  {
    mistake: 'a missing key of the file',
    from: 'name = "window"\n',
    to: '',
    told: ['s.toml:1:1: name: missing; add `name = "mprotect-window"`', 'baseline = "v6.16"', '^'],
  },
  {
    mistake: 'a missing key of a table with a header',
    from: 'smp = [1]\n',
    to: '',
    told: [
      's.toml:18:1: environments[1].smp: missing; add `smp = [1, 2, 4]`',
      '[[environments]]',
      '^',
    ],
  },
  {
    mistake: 'a missing key of an inline table',
    from: ', direction = "lower"',
    to: '',
    told: [
      's.toml:13:16: workload.metrics.iteration_ns.direction: missing; add `direction = ' +
        '"lower"`',
      'iteration_ns = { unit = "ns" }',
      '               ^',
    ],
  },
  {
    mistake: 'a missing table',
    from:
      '[[environments]]\n' +
      'environment = "qemu"\n' +
      'smp = [1, 2]\n' +
      'memory_mib = 512\n' +
      '[[environments]]\n' +
      'environment = "native"\n' +
      'smp = [1]\n',
    to: '',
    told: ['s.toml:1:1: environments: missing; add `[[environments]]`', 'name = "window"', '^'],
  },
  {
    mistake: 'a table of environments in single brackets',
    from:
      '[[environments]]\n' +
      'environment = "qemu"\n' +
      'smp = [1, 2]\n' +
      'memory_mib = 512\n' +
      '[[environments]]',
    to: '[environments]',
    told: [
      's.toml:14:2: environments: expected an array, got a table; write ' +
        '`[[environments]]`, with two pairs of brackets',
      '[environments]',
      ' ^',
    ],
  },
  {
    mistake: 'a table in double brackets',
    from: '[kernels]',
    to: '[[kernels]]',
    told: [
      's.toml:4:1: kernels: expected a table, got [[kernels]]; write `[kernels]`, with one ' +
        'pair of brackets',
      '[[kernels]]',
      '^',
    ],
  },
]);
