// SPDX-License-Identifier: Apache-2.0
/** Mistakes in the TOML itself. */
import { testMistakes } from './testing/test-mistakes.js';

testMistakes([
  {
    mistake: 'a value that is missing',
    from: 'repetitions = 3',
    to: 'repetitions =',
    told: [
      's.toml:3:14: TOML: no value after `=`; write one, text in quotes',
      'repetitions =',
      '             ^',
    ],
  },
  {
    mistake: 'text without quotes',
    from: '"window"',
    to: 'window',
    told: [
      's.toml:1:8: TOML: unexpected character; put text in quotes; close open brackets',
      'name = window',
      '       ^',
    ],
  },
  {
    mistake: 'a string without its end',
    from: '"window"',
    to: '"window',
    told: [
      's.toml:1:15: TOML: the string has no end; close it with a quote on this line',
      'name = "window',
      '              ^',
    ],
  },
  {
    mistake: 'an array without its end',
    from: 'smp = [1, 2]',
    to: 'smp = [1, 2',
    told: [
      's.toml:17:1: TOML: unexpected character; put text in quotes; close open brackets',
      'memory_mib = 512',
      '^',
    ],
  },
  {
    mistake: 'a key that is given twice',
    from: 'repetitions = 3',
    to: 'repetitions = 3\nrepetitions = 4',
    told: [
      's.toml:4:1: TOML: given twice, first on line 3; keep one of the two',
      'repetitions = 4',
      '^',
    ],
  },
  {
    mistake: 'a key that is given twice in a table',
    from: 'memory_mib = 512',
    to: 'smp = [4]',
    told: [
      's.toml:17:1: TOML: given twice, first on line 16; keep one of the two',
      'smp = [4]',
      '^',
    ],
  },
  {
    mistake: 'a table that is given twice',
    from: '[workload.metrics]',
    to: '[kernels]',
    told: [
      's.toml:12:2: TOML: given twice, first on line 4; keep one; only `[[tables]]` may repeat',
      '[kernels]',
      ' ^',
    ],
  },
  {
    mistake: 'a key that JavaScript reserves',
    from: 'repetitions = 3',
    to: 'repetitions = 3\n__proto__ = 1',
    told: [
      's.toml:4:1: TOML: the key `__proto__` is reserved; take another name',
      '__proto__ = 1',
      '^',
    ],
  },
]);
