// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: each way to fail has its class, and of several troubles the cause is named. Method: a trial
 * in which all is well, spoilt in one or two places per case.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DEFAULT_GUEST,
  DEFAULT_OUTPUT,
  type FailureClass,
  type MachineType,
} from '@labsweep/proto';
import { readConsole } from './classify-console.js';
import type { Transcript } from './transcript.js';
import type { TrialEvidence, TrialRequirements } from './trial-evidence.js';
import { validateTrial } from './validate.js';

const BOOT = '[    0.0] Linux version 6.17.13 (gcc)\n';
const RUN = `${BOOT}labsweep-init: started\nlabsweep-init: running\n`;
const PANIC = '[    2.0] Kernel panic - not syncing: Attempted to kill init!\n';

const ASKED: TrialRequirements = {
  environment: 'qemu-tcg',
  smp: 2,
  commandLine: 'mitigations=auto',
  kernelRelease: '6.17.13',
  output: DEFAULT_OUTPUT,
  metrics: ['ns'],
  expectations: [{ metric: 'unexpected_results', operator: '==', value: 0 }],
};
const FACTS = {
  kernel_release: '6.17.13',
  cmdline: 'console=ttyS0 panic=-1 mitigations=auto',
  online_cpus: '2',
  online_cpu_list: '0-1',
  online_cpus_end: '2',
  tainted: '512',
  tainted_end: '512',
};
const TRANSCRIPT: Transcript = {
  facts: FACTS,
  stdout: ['result scenario=s ns=230.5 unexpected_results=0'],
  stderr: [],
  end: { kind: 'exited', code: 0 },
  complete: true,
};
const SILENT: Transcript = { facts: {}, stdout: [], stderr: [], complete: false };

interface Spoilt {
  readonly asked?: Partial<TrialRequirements>;
  readonly transcript?: Partial<Transcript>;
  readonly facts?: Readonly<Record<string, string>>;
  readonly console?: string;
  readonly seen?: Partial<TrialEvidence>;
}

function validate(spoilt: Spoilt) {
  const { facts, console = `${RUN}labsweep-init: done\n` } = spoilt;
  const transcript = { ...TRANSCRIPT, ...spoilt.transcript };
  return validateTrial(
    { ...ASKED, ...spoilt.asked },
    {
      transcript:
        facts === undefined ? transcript : { ...transcript, facts: { ...FACTS, ...facts } },
      console: readConsole(console),
      consoleTail: console,
      ...spoilt.seen,
    },
  );
}

test('a trial in which all is well is measured, and has no failure', () => {
  const outcome = validate({});
  assert.equal(outcome.status, 'measured');
  assert.equal('failure' in outcome, false);
  assert.equal(outcome.samples[0]?.values.ns, 230.5);
  assert.deepEqual(outcome.facts, FACTS);
});

test('a microvm that found no clock under emulation is ours, and a PC is not', () => {
  const khz = 'tsc: Marking TSC unstable due to could not calculate TSC khz';
  const stuck = (machine: MachineType, line = khz) =>
    validate({
      asked: {
        guest: {
          accelerator: 'tcg',
          memoryMib: 512,
          settings: { ...DEFAULT_GUEST, machine },
          commandLine: FACTS.cmdline,
        },
      },
      transcript: SILENT,
      console: `${BOOT}${line}\n`,
      seen: STOPPED,
    });
  assert.equal(stuck('microvm').failure?.class, 'boot-stuck');
  assert.equal(stuck('microvm').status, 'lab-failed');
  const reference = 'tsc: No reference (HPET/PMTIMER) available';
  assert.equal(stuck('microvm', reference).status, 'lab-failed');
  assert.equal(stuck('q35').status, 'subject-failed');
});

test('an audit or attribution that could not be made, or left nothing, is ours', () => {
  const refused = {
    asked: { purpose: 'audit' },
    transcript: { end: { kind: 'exited', code: 125 }, stderr: ['audit: tracing: refused; x'] },
  } as const;
  assert.equal(validate(refused).failure?.class, 'spawn-failed');
  assert.match(validate(refused).failure?.message ?? '', /audit could not be made: audit: tracing/);
  for (const purpose of ['audit', 'attribution'] as const) {
    assert.equal(validate({ asked: { purpose } }).failure?.class, 'record-incomplete');
    const transcript = { state: ['== smaps'], profile: ['profile unavailable=x'] };
    assert.equal(validate({ asked: { purpose }, transcript }).status, 'measured');
    const cut = { state: ['== smaps', '(cut)', ''], profile: ['profile', '(cut)'] };
    const { failure } = validate({ asked: { purpose }, transcript: cut });
    assert.equal(failure?.class, 'record-incomplete');
    assert.match(failure?.message ?? '', /is cut after 4 MiB/);
  }
});

test('a reproducer may use the codes of a supervisor for itself', () => {
  const transcript = { end: { kind: 'exited', code: 125 }, stderr: ['no luck'] } as const;
  const { failure } = validate({ asked: { purpose: 'audit' }, transcript });
  assert.equal(failure?.class, 'reproducer-exit');
});

const STOPPED = { stopped: { afterMs: 60_000, limit: 'deadline' } } as const;

describe('each trouble has its class and says what was seen', () => {
  const cases: readonly [string, Spoilt, FailureClass, RegExp][] = [
    [
      'another release',
      { facts: { kernel_release: '6.12.1' } },
      'kernel-mismatch',
      /6\.17\.13 was .* runs 6\.12\.1/,
    ],
    [
      'noapic unasked',
      { facts: { cmdline: 'mitigations=auto noapic' } },
      'command-line-mismatch',
      /holds noapic/,
    ],
    [
      'noapic asked for',
      { asked: { commandLine: 'noapic' }, facts: { cmdline: 'x noapic' } },
      'command-line-mismatch',
      /holds noapic/,
    ],
    [
      'maxcpus unasked',
      { facts: { cmdline: 'mitigations=auto maxcpus=2' } },
      'command-line-mismatch',
      /holds maxcpus=2, which was not/,
    ],
    [
      'a lost word',
      { facts: { cmdline: 'console=ttyS0' } },
      'command-line-mismatch',
      /lacks mitigations=auto/,
    ],
    [
      'one CPU of two',
      { facts: { online_cpus: '1', online_cpu_list: '0' } },
      'cpu-mismatch',
      /smp = 2 .* online \(0\): 1/,
    ],
    [
      'a CPU lost on the way',
      { facts: { online_cpus_end: '1' } },
      'cpu-mismatch',
      /online at the end: 1/,
    ],
    [
      'CPUs limited by the spec itself',
      {
        asked: { commandLine: 'maxcpus=1' },
        facts: { cmdline: 'maxcpus=1', online_cpus: '1' },
      },
      'cpu-mismatch',
      /the spec's own maxcpus=1 limits them/,
    ],
    [
      'a panic in boot',
      { transcript: SILENT, console: BOOT + PANIC },
      'panic',
      /Attempted to kill init!' during boot/,
    ],
    [
      'a panic in the run',
      { transcript: SILENT, console: RUN + PANIC },
      'panic',
      /while the reproducer ran/,
    ],
    [
      'an oops, though the run went on',
      { console: `${RUN}[    2.0] BUG: bad thing\nlabsweep-init: done\n` },
      'oops',
      /BUG: bad thing/,
    ],
    [
      'an oops seen by the taint alone',
      { facts: { tainted_end: '640' } },
      'oops',
      /tainted by an oops/,
    ],
    [
      'an init that gives up',
      { transcript: { ...SILENT, error: 'no /proc' } },
      'init-failed',
      /gave up: no \/proc/,
    ],
    [
      'a hang before the kernel',
      { transcript: SILENT, console: '', seen: STOPPED },
      'no-output',
      /deadline of 60\.0 s passed before/,
    ],
    [
      'a hang in boot',
      { transcript: SILENT, console: BOOT, seen: STOPPED },
      'boot-stuck',
      /during boot, last console line 'Linux version/,
    ],
    [
      'a hang in the init',
      { transcript: SILENT, console: `${BOOT}labsweep-init: started`, seen: STOPPED },
      'init-failed',
      /guest's init/,
    ],
    [
      'a hang in the run',
      { transcript: SILENT, console: RUN, seen: STOPPED },
      'deadline',
      /while the reproducer ran.*raise the deadline/,
    ],
    ['no word, and gone', { transcript: SILENT, console: '' }, 'no-output', /printed nothing/],
    [
      'gone in boot',
      { transcript: SILENT, console: BOOT },
      'reset',
      /during boot, without a panic/,
    ],
    [
      'gone in the init',
      { transcript: SILENT, console: `${BOOT}labsweep-init: started` },
      'init-failed',
      /without a word why/,
    ],
    [
      'gone in the run',
      { transcript: SILENT, console: RUN },
      'reset',
      /while the reproducer ran, without a panic/,
    ],
    [
      'a lost end frame',
      { transcript: { complete: false } },
      'truncated',
      /the end frame is missing/,
    ],
    [
      'a damaged channel',
      { transcript: { complete: false, damage: 'frame 3 is gone' }, console: RUN },
      'truncated',
      /frame 3 is gone/,
    ],
    ['no exit frame', { transcript: { end: undefined as never } }, 'truncated', /does not say how/],
    [
      'no execution',
      { transcript: { end: { kind: 'not-executed', message: 'Exec format error' } } },
      'spawn-failed',
      /Exec format error/,
    ],
    [
      'a signal',
      { transcript: { stdout: [], end: { kind: 'signalled', signal: 11 } } },
      'reproducer-signal',
      /SIGSEGV \(11\) and printed nothing/,
    ],
    [
      'an exit code',
      { transcript: { stderr: ['mmap: ENOMEM', ''], end: { kind: 'exited', code: 3 } } },
      'reproducer-exit',
      /exited with 3, its last line is 'mmap: ENOMEM'/,
    ],
    [
      'no result line',
      { transcript: { stdout: ['hello'] } },
      'garbage-output',
      /its last line is 'hello'/,
    ],
    [
      'a metric that is not there',
      { asked: { metrics: ['nss'] } },
      'garbage-output',
      /did you mean ns\?/,
    ],
    [
      'an expectation without its metric',
      { transcript: { stdout: ['result ns=1'] } },
      'garbage-output',
      /unexpected_results is missing/,
    ],
    [
      'an expectation that is not met',
      { transcript: { stdout: ['result ns=1 unexpected_results=3'] } },
      'unexpected-result',
      /^unexpected_results == 0, got 3$/,
    ],
    [
      'what the runner knows',
      { seen: { labTrouble: { class: 'spawn-failed', message: 'no QEMU' } } },
      'spawn-failed',
      /^no QEMU$/,
    ],
  ];
  for (const [name, spoilt, failureClass, message] of cases) {
    test(`${name}: ${failureClass}`, () => {
      const { failure, status } = validate(spoilt);
      assert.equal(failure?.class, failureClass, failure?.message);
      assert.match(failure?.message ?? '', message);
      assert.notEqual(status, 'measured');
    });
  }
});

describe('of several troubles the cause is named', () => {
  const panicked = { transcript: { ...SILENT, facts: FACTS }, console: RUN + PANIC };
  const cases: readonly [string, Spoilt, FailureClass][] = [
    [
      'the wrong kernel before its panic',
      { ...panicked, facts: { kernel_release: '6.12' } },
      'kernel-mismatch',
    ],
    [
      'the wrong kernel, known from its banner only',
      { transcript: SILENT, console: BOOT.replace('6.17.13', '6.12') + PANIC },
      'kernel-mismatch',
    ],
    [
      'noapic before the lost CPU',
      { facts: { cmdline: 'mitigations=auto noapic', online_cpus: '1' } },
      'command-line-mismatch',
    ],
    ['a panic before the lost CPU', { ...panicked, facts: { online_cpus: '1' } }, 'panic'],
    [
      'a lost CPU before the missed deadline',
      { ...panicked, console: RUN, facts: { online_cpus: '1' }, seen: STOPPED },
      'cpu-mismatch',
    ],
    ['a panic before the missed deadline', { ...panicked, seen: STOPPED }, 'panic'],
    [
      'a signal before the missing result',
      { transcript: { stdout: [], end: { kind: 'signalled', signal: 6 } } },
      'reproducer-signal',
    ],
    [
      'a missing metric before the expectation',
      { transcript: { stdout: ['result unexpected_results=3'] } },
      'garbage-output',
    ],
  ];
  for (const [name, spoilt, failureClass] of cases) {
    test(name, () => assert.equal(validate(spoilt).failure?.class, failureClass));
  }
});

test('output that found no room is lost, whatever is left of it', () => {
  const facts = { output_overflow_bytes: 'stdout=16777216 stderr=0 state=0 profile=0' };
  const { status, failure } = validate({ facts });
  assert.deepEqual([status, failure?.class], ['subject-failed', 'garbage-output']);
  assert.match(failure?.message ?? '', /more than the 16 MiB .*kept: stdout=16777216 stderr=0/);
  const audit = validate({ facts, asked: { purpose: 'audit' } });
  assert.deepEqual([audit.status, audit.failure?.class], ['lab-failed', 'record-incomplete']);
});

test('a run that is whole counts even if the machine did not switch off', () => {
  assert.equal(validate({ seen: STOPPED }).status, 'measured');
});

test('samples and facts are kept after a failure', () => {
  const outcome = validate({ transcript: { end: { kind: 'exited', code: 3 } } });
  assert.equal(outcome.status, 'subject-failed');
  assert.equal(outcome.samples.length, 1);
  assert.equal(outcome.facts.kernel_release, '6.17.13');
});

describe('the half patched instruction of multi-threaded TCG', () => {
  const oops = '[    0.1] Oops: int3: 0000 [#1] SMP\n';
  const console = `${BOOT}${oops}[    0.1] Kernel panic - not syncing: x\n`;

  test('is retried', () => {
    const { status, failure } = validate({ transcript: SILENT, console });
    assert.equal(status, 'lab-failed');
    assert.match(failure?.message ?? '', /known of emulation/);
  });

  test('is a finding under KVM, with one CPU, or after boot', () => {
    const others: readonly Spoilt[] = [
      { asked: { environment: 'qemu-kvm' }, console },
      { asked: { smp: 1 }, console },
      { console: console.replace(BOOT, RUN) },
    ];
    for (const spoilt of others) {
      assert.equal(validate({ transcript: SILENT, ...spoilt }).status, 'subject-failed');
    }
  });
});

describe('native trials', () => {
  const native = { environment: 'native', commandLine: '' } as const;

  test('count the CPUs they were pinned to, not those of the host', () => {
    const facts = { online_cpus: '64', online_cpus_end: '64', pinned_cpus: '62,63' };
    assert.equal(validate({ asked: native, facts }).status, 'measured');
    const { failure } = validate({ asked: native, facts: { ...facts, pinned_cpus: '63' } });
    assert.equal(failure?.class, 'cpu-mismatch');
  });

  test('leave the command line of the host alone, but for noapic', () => {
    const facts = { pinned_cpus: '0-1' };
    const limited = { ...facts, cmdline: 'root=/dev/sda nr_cpus=4' };
    assert.equal(validate({ asked: native, facts: limited }).status, 'measured');
    const { failure } = validate({ asked: native, facts: { ...facts, cmdline: 'noapic' } });
    assert.equal(failure?.class, 'command-line-mismatch');
  });
});
