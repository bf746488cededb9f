// SPDX-License-Identifier: Apache-2.0
/** Mistakes in how a workload is read, a machine is set up, and what runs besides the timing. */
import { testMistakes } from './testing/test-mistakes.js';

testMistakes([
  {
    mistake: 'a slip in the name of a setting',
    from: 'memory_mib = 512',
    to: 'huge_page = true',
    told: [
      's.toml:17:1: environments[0].huge_page: unknown key; did you mean `huge_pages`?',
      'huge_page = true',
      '^',
    ],
  },
  {
    mistake: 'a switch in quotes',
    from: 'memory_mib = 512',
    to: 'overcommit = "true"',
    told: [
      's.toml:17:14: environments[0].overcommit: expected true or false, got "true"; take the ' +
        'quotes away: `true`',
      'overcommit = "true"',
      '             ^',
    ],
  },
  {
    mistake: 'a boot path that does not exist',
    from: 'memory_mib = 512',
    to: 'boot = "fastest"',
    told: [
      's.toml:17:8: environments[0].boot: expected one of fast, plain, got "fastest"; ' +
        'known: `fast`, `plain`',
      'boot = "fastest"',
      '       ^',
    ],
  },
  {
    mistake: 'a trim that is listed twice',
    from: 'memory_mib = 512',
    to: 'trims = ["acpi-off", "acpi-off"]',
    told: [
      's.toml:17:22: environments[0].trims[1]: `acpi-off` is listed twice; name it once',
      'trims = ["acpi-off", "acpi-off"]',
      '                     ^',
    ],
  },
  {
    mistake: 'a CPU model with a blank',
    from: 'memory_mib = 512',
    to: 'cpu_model = "EPYC v1"',
    told: [
      's.toml:17:13: environments[0].cpu_model: expected a CPU model as QEMU names it, without ' +
        'blanks, got "EPYC v1"; for example `cpu_model = "EPYC-v1"`',
      'cpu_model = "EPYC v1"',
      '            ^',
    ],
  },
  {
    mistake: 'a guest key of a native environment',
    from: 'smp = [1]',
    to: 'smp = [1]\nnuma = 2\nboot = "plain"',
    told: [
      's.toml:21:1: environments[1].numa: not for native trials: their nodes are the ' +
        "host's; `numa_node` picks one; take it out, or measure in `qemu`",
      'numa = 2',
      '^',
      's.toml:21:8: environments[1].numa: 2 nodes do not divide the CPUs of SMP 1; use SMP ' +
        'counts that 2 divides, such as 2 or 4',
      'numa = 2',
      '       ^',
      's.toml:22:1: environments[1].boot: not for native trials: their kernel is booted ' +
        'already; take it out, or measure in `qemu`',
      'boot = "plain"',
      '^',
    ],
  },
  {
    mistake: 'a native key of a guest',
    from: 'memory_mib = 512',
    to: 'cpus = "0-3"\nsettle_s = 1',
    told: [
      's.toml:17:1: environments[0].cpus: not for guests: the agent pins their CPUs; take it ' +
        'out, or measure in `native`',
      'cpus = "0-3"',
      '^',
      's.toml:18:1: environments[0].settle_s: not for guests: a boot is before each of them; ' +
        'take it out, or measure in `native`',
      'settle_s = 1',
      '^',
    ],
  },
  {
    mistake: 'a machine for scripted trials',
    from: 'environment = "qemu"\nsmp = [1, 2]\nmemory_mib = 512',
    to: 'environment = "scripted"\nsmp = [1, 2]\nmemory_mib = 512\nmachine = "pc"',
    told: [
      's.toml:18:1: environments[0].machine: not for scripted trials: they set up no machine; ' +
        'take it out',
      'machine = "pc"',
      '^',
    ],
  },
  {
    mistake: 'a number of nodes that does not divide an SMP count',
    from: 'smp = [1, 2]',
    to: 'smp = [2, 5]\nnuma = 2',
    told: [
      's.toml:17:8: environments[0].numa: 2 nodes do not divide the CPUs of SMP 5; use SMP ' +
        'counts that 2 divides, such as 2 or 4',
      'numa = 2',
      '       ^',
    ],
  },
  {
    mistake: 'a number of nodes that does not divide the memory',
    from: 'smp = [1, 2]',
    to: 'smp = [3]\nnuma = 3',
    told: [
      's.toml:17:8: environments[0].numa: 3 nodes do not divide 512 MiB of memory; use a ' +
        '`memory_mib` that 3 divides',
      'numa = 3',
      '       ^',
    ],
  },
  {
    mistake: 'nodes in a microvm',
    from: 'smp = [1, 2]',
    to: 'smp = [2]\nnuma = 2\nmachine = "microvm"',
    told: [
      's.toml:18:11: environments[0].machine: `microvm` has no NUMA nodes; take `machine = ' +
        '"q35"`, or leave `numa` out',
      'machine = "microvm"',
      '          ^',
    ],
  },
  {
    mistake: 'a huge page that is not preallocated',
    from: 'memory_mib = 512',
    to: 'huge_pages = true\npreallocate = false',
    told: [
      's.toml:18:15: environments[0].preallocate: huge pages are always preallocated; leave ' +
        '`preallocate` out',
      'preallocate = false',
      '              ^',
    ],
  },
  {
    mistake: 'a list of CPUs that goes backwards',
    from: 'smp = [1]',
    to: 'smp = [1]\ncpus = "5-2"',
    told: [
      's.toml:21:8: environments[1].cpus: `5-2` is not a list of CPUs; write it as `2-5` or ' +
        '`0,2,4`, in ascending order',
      'cpus = "5-2"',
      '       ^',
    ],
  },
  {
    mistake: 'a CPU number that no kernel has',
    from: 'smp = [1]',
    to: 'smp = [1]\ncpus = "0-99999"',
    told: [
      's.toml:21:8: environments[1].cpus: CPU 99999 is beyond 8191; write it as `2-5` or ' +
        '`0,2,4`, in ascending order',
      'cpus = "0-99999"',
      '       ^',
    ],
  },
  {
    mistake: 'a row with more CPUs than the list names',
    from: 'smp = [1]',
    to: 'smp = [1, 4]\ncpus = "2,4-5"',
    told: [
      's.toml:20:11: environments[1].smp[1]: SMP 4 is more than the 3 of `cpus = "2,4-5"`; name ' +
        'more CPUs, or ask for fewer',
      'smp = [1, 4]',
      '          ^',
    ],
  },
  {
    mistake: 'a real-time policy without a priority',
    from: 'smp = [1]',
    to: 'smp = [1]\nscheduler = "fifo"',
    told: [
      's.toml:21:13: environments[1].scheduler: `fifo` needs a priority of 1..99; write it as ' +
        '`fifo:50`',
      'scheduler = "fifo"',
      '            ^',
    ],
  },
  {
    mistake: 'a scheduling policy that does not exist',
    from: 'smp = [1]',
    to: 'smp = [1]\nscheduler = "deadline"',
    told: [
      's.toml:21:13: environments[1].scheduler: unknown scheduling policy `deadline`; known are ' +
        '`other`, `batch`, `idle`, `fifo:<priority>` and `rr:<priority>`',
      'scheduler = "deadline"',
      '            ^',
    ],
  },
  {
    mistake: 'a variable with a dash',
    from: '[workload.metrics]',
    to: 'variables = { MALLOC-ARENA = "1" }\n[workload.metrics]',
    told: [
      's.toml:12:15: workload.variables.MALLOC-ARENA: expected a name of at most 64 letters, ' +
        'digits and `_`, got "MALLOC-ARENA"; give it another name',
      'variables = { MALLOC-ARENA = "1" }',
      '              ^',
    ],
  },
  {
    mistake: 'a variable that is a number',
    from: '[workload.metrics]',
    to: 'variables = { THREADS = 4 }\n[workload.metrics]',
    told: [
      's.toml:12:25: workload.variables.THREADS: expected a string, got 4; quote it: `"4"`',
      'variables = { THREADS = 4 }',
      '                        ^',
    ],
  },
  {
    mistake: 'a file in a folder, and one that would hide the program',
    from: '[workload.metrics]',
    to: '[workload.files]\n"a/b" = "b"\nreproducer = "c"\n[workload.metrics]',
    told: [
      's.toml:13:1: workload.files."a/b": expected a plain file name of at most 64 letters, ' +
        'digits and `.` `_` `-`, got "a/b"; give it another name',
      '"a/b" = "b"',
      '^',
      's.toml:14:1: workload.files.reproducer: the program itself has this name where it runs; ' +
        'give the file another name',
      'reproducer = "c"',
      '^',
    ],
  },
  {
    mistake: 'an adapter for regular expressions without one',
    from: '[workload.metrics]',
    to: '[workload.output]\nadapter = "regex"\n[workload.metrics]',
    told: [
      's.toml:12:1: workload.output.pattern: missing; add one, for example `pattern = ' +
        "'(?<iteration_ns>[0-9.]+) ns'`",
      '[workload.output]',
      '^',
    ],
  },
  {
    mistake: 'a pattern for another adapter',
    from: '[workload.metrics]',
    to: '[workload.output]\nadapter = "json-lines"\npattern = "x"\n[workload.metrics]',
    told: [
      's.toml:14:1: workload.output.pattern: a pattern is for `regex`, and the adapter is ' +
        '`json-lines`; take it out, or write `adapter = "regex"`',
      'pattern = "x"',
      '^',
    ],
  },
  {
    mistake: 'a pattern that does not compile',
    from: '[workload.metrics]',
    to: "[workload.output]\nadapter = 'regex'\npattern = '(?<iteration_ns>[0-9]+'\n[workload.metrics]",
    told: [
      's.toml:14:11: workload.output.pattern: the pattern cannot be read: Unterminated group; ' +
        "mend it, for example `pattern = '(?<iteration_ns>[0-9.]+) ns'`",
      "pattern = '(?<iteration_ns>[0-9]+'",
      '          ^',
    ],
  },
  {
    mistake: 'a pattern without a name',
    from: '[workload.metrics]',
    to: "[workload.output]\nadapter = 'regex'\npattern = '([0-9]+) ns'\n[workload.metrics]",
    told: [
      's.toml:14:11: workload.output.pattern: no named group in the pattern; for example ' +
        "`pattern = '(?<iteration_ns>[0-9.]+) ns'`",
      "pattern = '([0-9]+) ns'",
      '          ^',
    ],
  },
  {
    mistake: 'a pattern that finds no metric',
    from: '[workload.metrics]',
    to: "[workload.output]\nadapter = 'regex'\npattern = '(?<ns>[0-9]+)'\n[workload.metrics]",
    told: [
      's.toml:14:11: workload.output.pattern: its groups `ns` are no metrics; name one of its ' +
        'groups `iteration_ns`',
      "pattern = '(?<ns>[0-9]+)'",
      '          ^',
    ],
  },
  {
    mistake: 'a row key that is measured',
    from: '[workload.metrics]',
    to:
      '[workload.output]\nadapter = "key-value"\n' +
      'row_keys = ["iteration_ns"]\n[workload.metrics]',
    told: [
      's.toml:14:13: workload.output.row_keys[0]: `iteration_ns` is a metric, and rows are told ' +
        'apart by what is not measured; take it out of one of the two',
      'row_keys = ["iteration_ns"]',
      '            ^',
    ],
  },
  {
    mistake: 'a hygiene mode that does not exist',
    from: '[workload]',
    to: '[hygiene]\nmode = "enforced"\n[workload]',
    told: [
      's.toml:9:8: hygiene.mode: expected one of observe, enforce, require, got "enforced"; ' +
        'did you mean `enforce`?',
      'mode = "enforced"',
      '       ^',
    ],
  },
  {
    mistake: 'a host that is prepared although nothing may be changed',
    from: '[workload]',
    to: '[hygiene]\nmode = "observe"\nprepare = ["swap-off"]\n[workload]',
    told: [
      's.toml:10:1: hygiene.prepare: `mode = "observe"` changes nothing on a host; write ' +
        '`mode = "enforce"`, or take `prepare` out',
      'prepare = ["swap-off"]',
      '^',
    ],
  },
  {
    mistake: 'a preparation that is listed twice',
    from: '[workload]',
    to: '[hygiene]\nmode = "enforce"\nprepare = ["swap-off", "swap-off"]\n[workload]',
    told: [
      's.toml:10:24: hygiene.prepare[1]: `swap-off` is listed twice; name it once',
      'prepare = ["swap-off", "swap-off"]',
      '                       ^',
    ],
  },
  {
    mistake: 'an audit of no repetition',
    from: '[workload]',
    to: '[audit]\nrepetitions = 0\n[workload]',
    told: [
      's.toml:9:15: audit.repetitions: expected 1..1000, got 0; for example `repetitions = 1`',
      'repetitions = 0',
      '              ^',
    ],
  },
  {
    mistake: 'an attribution without functions',
    from: '[workload]',
    to: '[attribution]\nrepetitions = 1\n[workload]',
    told: [
      's.toml:8:1: attribution.functions: missing; add `functions = ["change_protection"]`',
      '[attribution]',
      '^',
    ],
  },
  {
    mistake: 'a function that is named twice, and one that is none',
    from: '[workload]',
    to: '[attribution]\nfunctions = ["do_a", "do b", "do_a"]\n[workload]',
    told: [
      's.toml:9:22: attribution.functions[1]: expected the name of a kernel function, got ' +
        '"do b"; for example `functions = ["change_protection"]`',
      'functions = ["do_a", "do b", "do_a"]',
      '                     ^',
      's.toml:9:30: attribution.functions[2]: `do_a` is listed twice; name it once',
      'functions = ["do_a", "do b", "do_a"]',
      '                             ^',
    ],
  },
  {
    mistake: 'an attribution without guests',
    from: 'environment = "qemu"\nsmp = [1, 2]\nmemory_mib = 512',
    to:
      'environment = "scripted"\nsmp = [1, 2]\nmemory_mib = 512\n' +
      '[attribution]\nfunctions = ["do_a"]',
    told: [
      's.toml:18:1: attribution: no environment runs guests, and only their kernels are ' +
        'profiled; take `[attribution]` out, or add an environment of `qemu`',
      '[attribution]',
      '^',
    ],
  },
  {
    mistake: 'a row that differs by a default that is written out',
    from: 'smp = [1]\n',
    to:
      'smp = [1]\n[[environments]]\nenvironment = "qemu"\nsmp = [2]\nmemory_mib = 512\n' +
      'boot = "fast"\nnuma = 1\n',
    told: [
      's.toml:23:8: environments[2].smp[0]: the row qemu, SMP 2, 512 MiB is already asked for ' +
        'on line 16; take one out; environments[0].smp[1] is the other',
      'smp = [2]',
      '       ^',
    ],
  },
  {
    mistake: 'a sweep whose audit makes it too large',
    from: 'repetitions = 3\n',
    to: 'repetitions = 1000\n[audit]\nrepetitions = 1001\n',
    told: [
      's.toml:5:15: audit.repetitions: expected 1..1000, got 1001; for example `repetitions = 1`',
      'repetitions = 1001',
      '              ^',
    ],
  },
]);
