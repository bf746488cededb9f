// SPDX-License-Identifier: Apache-2.0
/** Mistakes with single values: types, ranges, and the small languages in strings. */
import { testMistakes } from './testing/test-mistakes.js';

testMistakes([
  {
    mistake: 'a kernel that is a number',
    from: '"file:build/bzImage"',
    to: '6.16',
    told: [
      's.toml:6:11: kernels."v6.16": expected a string, got 6.16; quote it: `"6.16"`',
      '"v6.16" = 6.16',
      '          ^',
    ],
  },
  {
    mistake: 'a kernel name whose dot is not quoted',
    from: '"v6.16" =',
    to: 'v6.16 =',
    told: [
      's.toml:6:1: kernels.v6: expected a string, got a table; a dot makes a table of a ' +
        'name; quote it: `"v6.16" = ...`',
      'v6.16 = "file:build/bzImage"',
      '^',
    ],
  },
  {
    mistake: 'one SMP count without brackets',
    from: 'smp = [1, 2]',
    to: 'smp = 1',
    told: [
      's.toml:16:7: environments[0].smp: expected an array, got 1; put it in brackets: `[1]`',
      'smp = 1',
      '      ^',
    ],
  },
  {
    mistake: 'a number in quotes',
    from: 'repetitions = 3',
    to: 'repetitions = "3"',
    told: [
      's.toml:3:15: repetitions: expected a number, got "3"; take the quotes away: `3`',
      'repetitions = "3"',
      '              ^',
    ],
  },
  {
    mistake: 'a fraction where a whole number is needed',
    from: 'repetitions = 3',
    to: 'repetitions = 2.5',
    told: [
      's.toml:3:15: repetitions: expected an integer, got 2.5; for example `repetitions = 5`',
      'repetitions = 2.5',
      '              ^',
    ],
  },
  {
    mistake: 'an argument that is a number',
    from: '"200"]',
    to: '200]',
    told: [
      's.toml:10:30: workload.arguments[1]: expected a string, got 200; quote it: `"200"`',
      'arguments = ["--iterations", 200]',
      '                             ^',
    ],
  },
  {
    mistake: 'a date',
    from: 'name = "window"',
    to: 'name = 2026-06-23',
    told: [
      's.toml:1:8: name: expected a string, got 2026-06-23; quote it: `"2026-06-23"`',
      'name = 2026-06-23',
      '       ^',
    ],
  },
  {
    mistake: 'an SMP count of 0',
    from: 'smp = [1, 2]',
    to: 'smp = [0, 2]',
    told: [
      's.toml:16:8: environments[0].smp[0]: expected 1..1024, got 0; for example `smp = ' +
        '[1, 2, 4]`',
      'smp = [0, 2]',
      '       ^',
    ],
  },
  {
    mistake: 'a seed that no double holds',
    from: 'repetitions = 3',
    to: 'repetitions = 3\nseed = 99999999999999999999',
    told: [
      's.toml:4:8: seed: expected 0..4294967295, got 99999999999999999999; for example ' +
        '`seed = 1`',
      'seed = 99999999999999999999',
      '       ^',
    ],
  },
  {
    mistake: 'an empty list',
    from: 'smp = [1, 2]',
    to: 'smp = []',
    told: [
      's.toml:16:7: environments[0].smp: expected at least one, got []; for example `smp = ' +
        '[1, 2, 4]`',
      'smp = []',
      '      ^',
    ],
  },
  {
    mistake: 'an empty table of kernels',
    from:
      '"v6.12" = "debian:bookworm-security/linux-image-6.12-cloud-amd64"\n' +
      '"v6.16" = "file:build/bzImage"\n' +
      'running = "host"\n',
    to: '',
    told: [
      's.toml:4:1: kernels: expected 1..100 entries; an entry is written `running = "host"`',
      '[kernels]',
      '^',
    ],
  },
  {
    mistake: 'a name with capitals',
    from: '"window"',
    to: '"Window 1"',
    told: [
      's.toml:1:8: name: expected at most 48 lower-case letters, digits and hyphens, got ' +
        '"Window 1"; for example `name = "mprotect-window"`',
      'name = "Window 1"',
      '       ^',
    ],
  },
  {
    mistake: 'a kernel name with a blank',
    from: 'running =',
    to: '"my kernel" =',
    told: [
      's.toml:7:1: kernels."my kernel": expected a name of at most 32 letters, digits and ' +
        '`.` `_` `+` `-`, got "my kernel"; give it another name',
      '"my kernel" = "host"',
      '^',
    ],
  },
  {
    mistake: 'an environment that does not exist',
    from: '"qemu"',
    to: '"qmeu"',
    told: [
      's.toml:15:15: environments[0].environment: expected one of native, qemu, qemu-kvm, ' +
        'qemu-tcg, scripted, got "qmeu"; did you mean `qemu`?',
      'environment = "qmeu"',
      '              ^',
    ],
  },
  {
    mistake: 'an unknown scheme of a kernel source',
    from: 'debian:',
    to: 'debain:',
    told: [
      's.toml:5:11: kernels."v6.12": unknown kernel source ' +
        '`debain:bookworm-security/linux-image-6.12-cloud-amd64`; did you mean `debian:`?',
      '"v6.12" = "debain:bookworm-security/linux-image-6.12-cloud-amd64"',
      '          ^',
    ],
  },
  {
    mistake: 'a scheme that is like no other',
    from: 'debian:',
    to: 'ftp:',
    told: [
      's.toml:5:11: kernels."v6.12": unknown kernel source ' +
        '`ftp:bookworm-security/linux-image-6.12-cloud-amd64`; known are ' +
        '`debian:<suite>/<package>`, `file:<path>` and `host`',
      '"v6.12" = "ftp:bookworm-security/linux-image-6.12-cloud-amd64"',
      '          ^',
    ],
  },
  {
    mistake: 'a path without its scheme',
    from: 'file:build',
    to: 'build',
    told: [
      's.toml:6:11: kernels."v6.16": unknown kernel source `build/bzImage`; a path is ' +
        'written `file:build/bzImage`',
      '"v6.16" = "build/bzImage"',
      '          ^',
    ],
  },
  {
    mistake: 'a Debian source without a package',
    from: '-security/linux-image-6.12-cloud-amd64',
    to: '-security',
    told: [
      's.toml:5:11: kernels."v6.12": no `/` between suite and package; write it as ' +
        '`debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64`',
      '"v6.12" = "debian:bookworm-security"',
      '          ^',
    ],
  },
  {
    mistake: 'memory of a wrong type',
    from: 'memory_mib = 512',
    to: 'memory_mib = "512"',
    told: [
      's.toml:17:14: environments[0].memory_mib: expected a number or a table, got "512"; ' +
        'for example `memory_mib = 1024`',
      'memory_mib = "512"',
      '             ^',
    ],
  },
  {
    mistake: 'an expectation with a foreign operator',
    from: 'results == 0',
    to: 'results = 0',
    told: [
      's.toml:11:17: workload.expectations[0]: unknown operator `=`; did you mean `==`?',
      'expectations = ["unexpected_results = 0"]',
      '                ^',
    ],
  },
  {
    mistake: 'an expectation without a number',
    from: 'results == 0',
    to: 'results == none',
    told: [
      's.toml:11:17: workload.expectations[0]: `none` is not a number; write it as ' +
        '`unexpected_results == 0`',
      'expectations = ["unexpected_results == none"]',
      '                ^',
    ],
  },
]);
