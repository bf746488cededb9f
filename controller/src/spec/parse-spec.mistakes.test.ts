// SPDX-License-Identifier: Apache-2.0
/** Mistakes that only the whole spec shows: values that do not go together. */
import { testMistakes } from './testing/test-mistakes.js';

testMistakes([
  {
    mistake: 'a baseline that is not a kernel',
    from: 'baseline = "v6.16"',
    to: 'baseline = "v6.61"',
    told: [
      's.toml:2:12: baseline: no kernel `v6.61` in [kernels]; did you mean `v6.16`?',
      'baseline = "v6.61"',
      '           ^',
    ],
  },
  {
    mistake: 'an environment with an unknown kernel',
    from: 'memory_mib = 512',
    to: 'kernels = ["v6.16", "running", "mainline"]',
    told: [
      's.toml:17:32: environments[0].kernels[2]: no kernel `mainline` in [kernels]; known: ' +
        '`v6.12`, `v6.16`, `running`',
      'kernels = ["v6.16", "running", "mainline"]',
      '                               ^',
    ],
  },
  {
    mistake: 'a kernel that is listed twice',
    from: 'memory_mib = 512',
    to: 'kernels = ["v6.16", "v6.16"]',
    told: [
      's.toml:17:21: environments[0].kernels[1]: `v6.16` is listed twice; name it once; ' +
        '`repetitions` says how often it runs',
      'kernels = ["v6.16", "v6.16"]',
      '                    ^',
    ],
  },
  {
    mistake: 'a native environment without a host kernel',
    from: 'running = "host"\n',
    to: '',
    told: [
      's.toml:18:15: environments[1].environment: no kernel of [kernels] is `host`; add ' +
        '`running = "host"` to [kernels], or name the kernels here',
      'environment = "native"',
      '              ^',
    ],
  },
  {
    mistake: 'memory for a native environment',
    from: 'smp = [1]',
    to: 'smp = [1]\nmemory_mib = 1024',
    told: [
      's.toml:21:1: environments[1].memory_mib: not for native trials: their memory is the ' +
        "host's; take it out, or measure in `qemu`",
      'memory_mib = 1024',
      '^',
    ],
  },
  {
    mistake: 'a command line for a native environment',
    from: 'smp = [1]',
    to: 'smp = [1]\ncommand_line = "quiet"',
    told: [
      's.toml:21:1: environments[1].command_line: not for native trials: their kernel is ' +
        'booted already; take it out, or measure in `qemu`',
      'command_line = "quiet"',
      '^',
    ],
  },
  {
    mistake: 'a table of memory that lacks an SMP count',
    from: 'memory_mib = 512',
    to: 'memory_mib = { 1 = 512 }',
    told: [
      's.toml:17:14: environments[0].memory_mib.2: no memory for SMP 2; add `2 = 1024`',
      'memory_mib = { 1 = 512 }',
      '             ^',
    ],
  },
  {
    mistake: 'a table of memory with an SMP count too many',
    from: 'memory_mib = 512',
    to: 'memory_mib = { 1 = 512, 2 = 512, 4 = 64 }',
    told: [
      's.toml:17:34: environments[0].memory_mib.4: `4` is not one of the SMP counts; take ' +
        'it out, or add it to `smp = [1, 2]`',
      'memory_mib = { 1 = 512, 2 = 512, 4 = 64 }',
      '                                 ^',
      's.toml:17:38: environments[0].memory_mib.4: expected 128..16777216, got 64; for ' +
        'example `memory_mib = 1024`',
      'memory_mib = { 1 = 512, 2 = 512, 4 = 64 }',
      '                                     ^',
    ],
  },
  {
    mistake: 'an SMP count that is listed twice',
    from: 'smp = [1, 2]',
    to: 'smp = [1, 2, 1]',
    told: [
      's.toml:16:14: environments[0].smp[2]: SMP 1 is listed twice; name it once; ' +
        '`repetitions` says how often it runs',
      'smp = [1, 2, 1]',
      '             ^',
    ],
  },
  {
    mistake: 'a row that is asked for twice',
    from: 'smp = [1]\n',
    to:
      'smp = [1]\n' +
      '[[environments]]\n' +
      'environment = "qemu"\n' +
      'smp = [4, 2]\n' +
      'memory_mib = { 2 = 512, 4 = 512 }\n',
    told: [
      's.toml:23:11: environments[2].smp[1]: the row qemu, SMP 2, 512 MiB is already asked ' +
        'for on line 16; take one out; environments[0].smp[1] is the other',
      'smp = [4, 2]',
      '          ^',
    ],
  },
  {
    mistake: 'a gap of two kernels',
    from: 'smp = [1]\n',
    to: 'smp = [1]\n[gap]\ngood = "v6.12"\nbad = "v6.16"\ncandidate = "v6.12"\n',
    told: [
      's.toml:24:13: gap.candidate: the same kernel as gap.good; name three different kernels',
      'candidate = "v6.12"',
      '            ^',
    ],
  },
  {
    mistake: 'a workload without a program',
    from: 'source = "../native/src/reproducer.c"\n',
    to: '',
    told: [
      's.toml:8:1: workload.source: missing; add `source = "reproducer.c"` or `binary = ' +
        '"reproducer"`',
      '[workload]',
      '^',
    ],
  },
  {
    mistake: 'a workload with two programs',
    from: 'source = "../native/src/reproducer.c"\n',
    to: 'source = "a.c"\nbinary = "a"\n',
    told: [
      's.toml:10:1: workload.binary: `source` and `binary` are both given; keep one of the two',
      'binary = "a"',
      '^',
    ],
  },
]);
