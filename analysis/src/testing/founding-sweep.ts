// SPDX-License-Identifier: Apache-2.0
/**
 * The lab's QEMU matrix as the sweep that it was: three kernels, five CPU counts, five boots of
 * each. Its summary lists every boot twice and in whole numbers, so mean, median, CV and MAD of a
 * cell leave one series, in five of sixty cells two; and in each boot the phases add up. Only the
 * order of the boots is not known: theirs was drawn by lot.
 */
import { readFileSync } from 'node:fs';
import { parseCsv } from '../report/csv.js';
import type { RecordOptions, RecordRow } from './record-options.js';
import { qemuRow } from './sample-records.js';

/** In the columns of results.csv, so that `labsweep report --from` reads it as it is. */
export const FOUNDING_SERIES = new URL('../../testdata/founding-series.csv', import.meta.url);

export const FOUNDING_PHASES = [
  'iteration_ns_per_page',
  'protect_ns_per_page',
  'restore_ns_per_page',
  'post_touch_ns_per_page',
] as const;

export const FOUNDING_SMP = [1, 2, 4, 8, 16] as const;
export const FOUNDING_GAP = { good: '6.12', bad: '6.19', candidate: 'mm-unstable' } as const;

/** One boot of the series. */
interface FoundingBoot {
  readonly smp: number;
  readonly kernel: string;
  readonly release: string;
  readonly repetition: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The boot whose QEMU died. */
const LOST = { smp: 16, kernel: '6.12', repetition: 5 } as const;

/** A row in which kernels backed the mapping differently, as happened in a sister report. */
const UNLIKE_ROW: RecordRow = {
  ...qemuRow(1, { kernels: Object.values(FOUNDING_GAP) }),
  id: 'qemu-smp1-4096mib',
  memoryMib: 4096,
  told: (kernel) => ({
    line: { anon_huge_pages_kb_before: kernel === FOUNDING_GAP.bad ? 0 : 16384 },
  }),
};

/**
 * The block of the lost boot was run again, and what it gave is not in the summary: it stands at
 * the mean of the cell, which moves no mean. The median of that one cell is then not the lab's.
 */
export function foundingSweep(change: Partial<RecordOptions> = {}): RecordOptions {
  const boots = foundingBoots();
  const kernels = Object.values(FOUNDING_GAP);
  return {
    seed: 20_260_523,
    hostsMax: 1,
    rows: [...FOUNDING_SMP.map((smp) => qemuRow(smp, { kernels })), UNLIKE_ROW],
    repetitions: 5,
    baseline: FOUNDING_GAP.bad,
    gap: FOUNDING_GAP,
    releases: Object.fromEntries(boots.map(({ kernel, release }) => [kernel, release])),
    metrics: FOUNDING_PHASES.map((name) => ({
      name,
      unit: 'ns/page',
      direction: 'lower',
      meaning: name === 'iteration_ns_per_page' ? 'one protect, restore and touch' : '',
    })),
    values: ({ smp, kernel, repetition }) => {
      const cell = boots.filter((boot) => boot.smp === smp && boot.kernel === kernel);
      return cell.find((boot) => boot.repetition === repetition)?.values ?? meansOf(cell);
    },
    failures: [
      {
        trial: `qemu-smp${LOST.smp}/r${LOST.repetition}/${LOST.kernel}`,
        attempt: 1,
        status: 'lab-failed',
        class: 'truncated',
        message: 'the machine went away (QEMU was killed by SIGSEGV) while the reproducer ran',
      },
    ],
    ...change,
  };
}

function foundingBoots(): FoundingBoot[] {
  const [header = [], ...lines] = parseCsv(readFileSync(FOUNDING_SERIES, 'utf8'));
  const boots = new Map<string, FoundingBoot>();
  for (const line of lines) {
    const read = (column: string): string => line[header.indexOf(column)] ?? '';
    if (read('status') !== 'measured') continue;
    const [smp, repetition] = [Number(read('smp')), Number(read('repetition'))];
    const key = `${smp} ${read('kernel')} ${repetition}`;
    boots.set(key, {
      smp,
      repetition,
      kernel: read('kernel'),
      release: read('kernel_release'),
      values: { ...boots.get(key)?.values, [read('metric')]: Number(read('value')) },
    });
  }
  return [...boots.values()];
}

function meansOf(boots: readonly FoundingBoot[]): Record<string, number> {
  return Object.fromEntries(
    FOUNDING_PHASES.map((name) => {
      const sum = boots.reduce((total, { values }) => total + (values[name] ?? Number.NaN), 0);
      return [name, sum / boots.length];
    }),
  );
}
