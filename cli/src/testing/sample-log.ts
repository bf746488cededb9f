// SPDX-License-Identifier: Apache-2.0
/** A small sweep as its log, for tests of what is made from it: two kernels in two blocks. */
import {
  type BlockId,
  type HostId,
  type KernelName,
  type Sha256,
  type SweepId,
  sha256Of,
  type TrialEnded,
  type TrialId,
} from '@labsweep/proto';
import type { SweepLog } from '../record/sweep-log.js';

const SWEEP = 'sample-1a2b3c4d' as SweepId;
const HOST = 'host-1' as HostId;
const SPEC = `name = "sample"
baseline = "old"
repetitions = 2
[kernels]
old = "file:../old.img"
new = "file:../new.img"
[workload]
source = "../src/toggle.c"
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "qemu-tcg"
smp = [1]
`;

/** By sha256; what a lab would keep. */
export const SAMPLE_ARTIFACTS: ReadonlyMap<Sha256, Uint8Array> = new Map(
  ['source', 'binary', 'old', 'new', 'config', 'console-1', 'console-2'].map((text) => [
    sha256Of(Buffer.from(text)),
    Buffer.from(text),
  ]),
);

const hashOf = (text: string) => sha256Of(Buffer.from(text));

export async function fetchSample(sha256: Sha256): Promise<Uint8Array> {
  const bytes = SAMPLE_ARTIFACTS.get(sha256);
  if (bytes === undefined) throw new Error('the lab has no such artifact');
  return bytes;
}

/** `factor` multiplies the values of the kernel `new`; `evidence` is of each outcome. */
export function sampleLog(
  change: {
    readonly sweep?: string;
    readonly factor?: number;
    readonly evidence?: (entry: TrialEnded) => TrialEnded['evidence'];
  } = {},
): SweepLog {
  const { factor = 2, evidence } = change;
  const sweep = (change.sweep ?? SWEEP) as SweepId;
  const names = ['old', 'new'] as KernelName[];
  const blocks = [1, 2].map((repetition) => `qemu-tcg-smp1/r${repetition}` as BlockId);
  const trials = blocks.flatMap((block, index) =>
    names.map((kernel, position): TrialEnded => {
      const ns = (kernel === 'new' ? factor : 1) * (100 + index);
      const trial: TrialEnded = {
        type: 'trial-ended',
        sweep,
        block,
        trial: `${block}/${kernel}` as TrialId,
        kernel,
        attempt: 1,
        host: HOST,
        hostName: 'box1',
        session: 'box1-1',
        environment: 'qemu-tcg',
        purpose: 'timing',
        startedAtMs: 1_780_000_000_000 + index * 10_000 + position * 1000,
        durationMs: 900,
        outcome: {
          status: 'measured',
          samples: [{ scenario: 's', line: 'result', values: { ns }, texts: {} }],
          facts: { kernel_release: `6.1-${kernel}` },
          consoleTail: 'the end\n',
        },
        evidence: { console: hashOf(`console-${index + 1}`), outputText: `ns=${ns}\n` },
      };
      return { ...trial, evidence: evidence?.(trial) ?? trial.evidence };
    }),
  );
  return {
    sweep,
    state: 'finished',
    waiting: [],
    decisions: blocks.map((block) => ({ block, attempt: 1, host: HOST, complete: true })),
    entries: [submittedOf(sweep, names), joinedOf(sweep), ...trials],
  };
}

function submittedOf(sweep: SweepId, names: readonly KernelName[]): SweepLog['entries'][number] {
  return {
    type: 'submitted',
    sweep,
    atMs: 1_780_000_000_000,
    by: 'tester',
    specPath: 'specs/deep/sample.toml',
    specText: SPEC,
    seed: 7,
    kernels: names.map((name) => ({
      name,
      source: `file:../${name}.img`,
      image: { sha256: hashOf(name), sizeBytes: 3, release: `6.1-${name}` },
      // Of the other one nobody knows it.
      ...(name === 'old' && { config: { sha256: hashOf('config'), sizeBytes: 6 } }),
    })),
    workload: {
      sha256: hashOf('binary'),
      sizeBytes: 6,
      sourceSha256: hashOf('source'),
      compiler: 'gcc 12',
      flags: ['-O2'],
      files: [],
    },
  };
}

function joinedOf(sweep: SweepId): SweepLog['entries'][number] {
  return {
    type: 'host-joined',
    sweep,
    atMs: 1_780_000_000_000,
    host: HOST,
    hostName: 'box1',
    session: 'box1-1',
    facts: { cpu_model: 'A CPU', cpu_threads: '2', microcode: '0x1' },
    supports: [],
    permissions: [],
  };
}
