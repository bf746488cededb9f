// SPDX-License-Identifier: Apache-2.0
/**
 * A sweep that shows every part of a report: two rows of guests, a native one of the same kernels,
 * a clear change and its mend, a failed trial that was rerun, a finding, an audit, and an outlier.
 */
import type { KernelConfig, KernelName, Outcome, Sha256 } from '@labsweep/proto';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from './record-builder.js';
import type { RecordOptions, RecordRow } from './record-options.js';
import { panicBeforeInit, qemuRow } from './sample-records.js';

const KERNELS = ['v6.16', 'v6.17', 'v6.17-fix'];
/** By which a guest on an emulated CPU is slower than the bare machine. */
const EMULATION = 7;
const OUTLIER = 'qemu-smp4/r5/v6.16';

const GUEST_FACTS = {
  kernel_banner:
    'Linux version 6.17.13 (me@box) (gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld 2.44) #1 SMP',
  tainted: '0',
  tainted_end: '0',
  qemu_version: '7.2.22',
  machine_type: 'pc-q35-7.2-machine',
  boot_path: 'fast',
  cmdline: 'console=ttyS0 panic=-1 tsc=unstable',
  machine: 'x86_64',
};

/** One configuration for v6.16, another for v6.17, and v6.17-fix like v6.17. */
const OTHER_CONFIG: KernelConfig = {
  sha256: '2e'.repeat(32) as Sha256,
  sizeBytes: 262_000,
  differences: {
    against: 'v6.16' as KernelName,
    changedCount: 2,
    addedCount: 31,
    removedCount: 0,
    options: ['NR_CPUS 64 -> 8192', 'SLUB_TINY n -> y', '+DAMON_STAT y', '+FUTEX_MPOL y', '+ZYX m'],
  },
};
const CONFIGS = {
  'v6.16': { sha256: '1d'.repeat(32) as Sha256, sizeBytes: 261_000 },
  'v6.17': OTHER_CONFIG,
  'v6.17-fix': OTHER_CONFIG,
};

const STATE = {
  mappings: '1',
  'mapping1.kind': 'shared-anonymous',
  'mapping1.size_kb': '65536',
  'mapping1.kernel_page_size_kb': '4',
  'mapping1.anon_huge_pages_kb': '0',
};

const ROWS: readonly RecordRow[] = [
  qemuRow(1, { kernels: KERNELS, told: () => ({ facts: GUEST_FACTS }) }),
  qemuRow(4, { kernels: KERNELS, told: () => ({ facts: GUEST_FACTS }) }),
  {
    id: 'native-smp1',
    asked: 'native',
    ran: 'native',
    smp: 1,
    kernels: KERNELS.slice(0, 2),
    told: () => ({ facts: { ...GUEST_FACTS, clocksource: 'tsc', clocksource_end: 'tsc' } }),
  },
  {
    id: 'audit-smp1',
    purpose: 'audit',
    of: 'qemu-smp1',
    asked: 'qemu',
    ran: 'qemu-tcg',
    smp: 1,
    repetitions: 1,
    kernels: KERNELS,
    told: () => ({ state: STATE }),
  },
];

/** Ten blocks a row on two unlike hosts; `change` is what a test is about. */
export function reportSweep(change: Partial<RecordOptions> = {}): SweepRecord {
  const record = buildRecord({
    seed: 20_260_623,
    rows: ROWS,
    repetitions: 10,
    baseline: 'v6.16',
    gap: { good: 'v6.16', bad: 'v6.17', candidate: 'v6.17-fix' },
    releases: { 'v6.16': '6.16.12', 'v6.17': '6.17.13', 'v6.17-fix': '6.17.13-fix' },
    configs: CONFIGS,
    mendOutcome,
    failures: [
      panicBeforeInit('qemu-smp4/r2/v6.17'),
      {
        trial: 'qemu-smp4/r7/v6.17-fix',
        attempt: 1,
        status: 'subject-failed',
        class: 'oops',
        message: 'BUG: unable to handle page fault for address: ffffc90000a1f000',
      },
    ],
    ...change,
  });
  return { ...record, spec: { ...record.spec, margin: 0.02 } };
}

/** Makes the native row as fast as a bare machine, and one boot slow. */
function mendOutcome(outcome: Outcome, trial: string): Outcome {
  if (trial === OUTLIER) return scaled(outcome, 1.3);
  return trial.startsWith('native') ? scaled(outcome, 1 / EMULATION) : outcome;
}

function scaled(outcome: Outcome, factor: number): Outcome {
  const samples = outcome.samples.map((sample) => ({
    ...sample,
    values: Object.fromEntries(
      Object.entries(sample.values).map(([key, value]) => [
        key,
        key.endsWith('_ns_per_page') ? Math.round(value * factor * 1000) / 1000 : value,
      ]),
    ),
  }));
  return { ...outcome, samples };
}
