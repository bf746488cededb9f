// SPDX-License-Identifier: Apache-2.0
/** Options of records that several tests start from; each test changes what it is about. */
import type { RecordFailure, RecordOptions, RecordRow } from './record-options.js';

/** A TCG row of the founding kernels. */
export function qemuRow(smp: number, change: Partial<RecordRow> = {}): RecordRow {
  return {
    id: `qemu-smp${smp}`,
    asked: 'qemu',
    ran: 'qemu-tcg',
    smp,
    kernels: ['v6.12', 'v6.16', 'v6.17'],
    ...change,
  };
}

/** A fault of the lab in a trial's first attempt, after which its block is run again. */
export function panicBeforeInit(trial: string): RecordFailure {
  return {
    trial,
    attempt: 1,
    status: 'lab-failed',
    class: 'panic',
    message: 'panic before init: Oops: int3 near sched_clock_cpu; the block is run again',
  };
}

/** Two QEMU rows and three repetitions, nothing wrong with them. */
export function plainSweep(change: Partial<RecordOptions> = {}): RecordOptions {
  return { seed: 1, rows: [qemuRow(1), qemuRow(2)], repetitions: 3, baseline: 'v6.16', ...change };
}

/** The last of the kernels is the first one's second turn, A B A. */
export function sandwichSweep(values: Readonly<Record<string, readonly number[]>>): RecordOptions {
  const again = Object.keys(values).at(-1) ?? '';
  return statedSweep(values, { again, order: 'sandwich' });
}

/** One row, one metric `ns`, and values as a test states them: by kernel, then by repetition. */
export function statedSweep(
  values: Readonly<Record<string, readonly number[]>>,
  change: Partial<RecordOptions> = {},
): RecordOptions {
  const kernels = Object.keys(values);
  return {
    seed: 1,
    rows: [qemuRow(1, { kernels })],
    repetitions: Math.max(...Object.values(values).map((series) => series.length)),
    baseline: kernels[0] ?? '',
    metrics: [{ name: 'ns', unit: 'ns', direction: 'lower', meaning: '' }],
    values: ({ kernel, repetition }): Record<string, number> => {
      const ns = values[kernel]?.[repetition - 1];
      return ns === undefined ? {} : { ns };
    },
    ...change,
  };
}
