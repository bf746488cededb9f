// SPDX-License-Identifier: Apache-2.0
/** A sweep of a million scripted trials, and the outcomes of all of them. */
import { parseSpec, planSweep } from '@labsweep/controller';
import {
  type HostId,
  LEASES_PER_TERM,
  outcomeId,
  type PlannedBlock,
  type PlannedTrial,
  type Sha256,
  type Spec,
  type Submitted,
  type SweepId,
  type TrialEnded,
} from '@labsweep/proto';

const KERNELS = Array.from({ length: 10 }, (_, index) => `v6.${index + 1}`);
const HOSTS = 1_000;
const SHA256 = 'a'.repeat(64) as Sha256;
const START_MS = 1_800_000_000_000;

/** 10 kernels, 1,000 repetitions, and as many SMP counts as it takes. */
export function specOf(trials: number, precision = ''): string {
  const repetitions = 1_000;
  const shapes = Math.max(1, Math.round(trials / KERNELS.length / repetitions));
  return specText({ name: 'million', repetitions, shapes, precision });
}

/** A spec whose every trial is scripted. */
export function specText(wanted: {
  readonly name: string;
  readonly repetitions: number;
  readonly shapes: number;
  readonly kernels?: number;
  readonly extra?: readonly string[];
  /** With which rows stop, as a spec says it; empty for none. */
  readonly precision?: string;
}): string {
  const { name, repetitions, shapes, kernels = KERNELS.length } = wanted;
  const { extra = [], precision = '' } = wanted;
  const names = KERNELS.slice(0, kernels);
  return `name = "${name}"
baseline = "${names[0]}"
repetitions = ${repetitions}
${precision === '' ? '' : `precision = "${precision}"`}
[kernels]
${names.map((kernel) => `"${kernel}" = "host"`).join('\n')}
[workload]
source = "nothing.c"
arguments = ${JSON.stringify(['--value', 'ns=100+-3', ...extra])}
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [${Array.from({ length: shapes }, (_, index) => index + 1).join(', ')}]
`;
}

export function submittedOf(sweep: SweepId, text: string): Submitted {
  return {
    type: 'submitted',
    sweep,
    atMs: START_MS,
    by: 'benchmark',
    specPath: 'million.toml',
    specText: text,
    seed: 1,
    kernels: KERNELS.map((name) => ({ name: name as never, source: 'host' })),
    workload: { sha256: SHA256, sizeBytes: 1, compiler: 'cc', flags: [], files: [] },
  };
}

/** The outcomes of every trial, in plan order, as a scripted agent would publish them. */
export function* outcomesOf(sweep: SweepId, spec: Spec): Generator<TrialEnded> {
  let number = 0;
  for (const block of planSweep(spec).blocks) {
    for (const trial of block.trials) {
      yield outcomeOf(sweep, block, trial, number);
      number += 1;
    }
  }
}

/** One of them. */
export function oneOutcome(): TrialEnded {
  const parsed = parseSpec({ text: specOf(10_000), path: 'million.toml' });
  if (!parsed.ok) throw new Error('the spec of the benchmark is wrong');
  const [outcome] = outcomesOf('million-1a2b3c4d' as SweepId, { ...parsed.spec, seed: 1 });
  if (outcome === undefined) throw new Error('the spec of the benchmark has no trial');
  return outcome;
}

function outcomeOf(
  sweep: SweepId,
  block: PlannedBlock,
  trial: PlannedTrial,
  number: number,
): TrialEnded {
  const host = `host-${Math.floor(number / KERNELS.length) % HOSTS}`;
  return {
    type: 'trial-ended',
    sweep,
    block: block.id,
    trial: trial.id,
    kernel: trial.kernel,
    attempt: 1,
    // A term of today's controllers is a few tens of millions.
    epoch: 30_000_000 * LEASES_PER_TERM + number,
    host: `${host}-0123456789abcdef` as HostId,
    hostName: host,
    session: `0c5ad9b6-9a3b-4c8b-8d6a-${String(number % HOSTS).padStart(12, '0')}`,
    environment: 'scripted',
    purpose: 'timing',
    startedAtMs: START_MS + number,
    durationMs: 2_000 + (number % 97) / 8,
    outcome: {
      status: 'measured',
      samples: [
        {
          scenario: 'scripted',
          line: 'result',
          values: { ns: 100 + (number % 1_000) / 1_000 },
          texts: { scenario: 'scripted' },
        },
      ],
      facts: { kernel_release: '6.1.0-38-amd64', online_cpus: '2', cmdline: '' },
      consoleTail: '',
    },
    evidence: { output: SHA256 },
  };
}

export const idOf = (entry: TrialEnded): string => outcomeId(entry);
