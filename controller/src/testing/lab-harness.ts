// SPDX-License-Identifier: Apache-2.0
/**
 * A lab in memory for tests of the pure core: submit a small spec, fold outcomes, ask the
 * scheduler.
 */
import {
  type AgentHello,
  type BlockId,
  type Environment,
  type HostCommand,
  type HostCommanded,
  type HostDescription,
  type HostId,
  type KernelName,
  type LogEntry,
  NO_REIGN,
  type Outcome,
  PROTOCOL,
  type Sha256,
  type Submitted,
  type SweepId,
  type TrialEnded,
  type TrialId,
} from '@labsweep/proto';

const SPEC = `
name = "window"
repetitions = 2
[kernels]
old = "debian:trixie/linux-image-6.12-cloud-amd64"
new = "debian:trixie/linux-image-6.17-cloud-amd64"
[workload]
source = "toggle.c"
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "qemu"
smp = [1, 2]
memory_mib = 512
kernels = ["old", "new"]
`;

export const SWEEP = 'window-1a2b3c4d' as SweepId;

export function submittedEntry(changes: Partial<Submitted> = {}): Submitted {
  const image = (digit: string) => ({
    sha256: digit.repeat(64) as Sha256,
    sizeBytes: 1,
    release: `release-${digit}`,
  });
  return {
    type: 'submitted',
    sweep: SWEEP,
    atMs: 0,
    by: 'tester',
    specPath: 'window.toml',
    specText: SPEC,
    seed: 1,
    kernels: [
      { name: 'old' as KernelName, source: 'debian', image: image('1') },
      { name: 'new' as KernelName, source: 'debian', image: image('2') },
    ],
    workload: {
      sha256: 'f'.repeat(64) as Sha256,
      sizeBytes: 1,
      compiler: '',
      flags: [],
      files: [],
    },
    ...changes,
  };
}

/** `trial` is `row/rN/kernel`; everything else has a default. */
export function outcomeEntry(
  trial: string,
  changes: Partial<TrialEnded> & { readonly status?: Outcome['status'] } = {},
): TrialEnded {
  const { status = 'measured', ...rest } = changes;
  const parts = trial.split('/');
  const failure = { class: 'panic' as const, message: 'Kernel panic' };
  return {
    type: 'trial-ended',
    sweep: SWEEP,
    block: parts.slice(0, 2).join('/') as BlockId,
    trial: trial as TrialId,
    kernel: parts[2] as KernelName,
    attempt: 1,
    host: 'host-a' as HostId,
    hostName: 'host-a',
    session: 'session-a',
    environment: 'qemu-tcg',
    purpose: 'timing',
    startedAtMs: 0,
    durationMs: 5_000,
    outcome: {
      status,
      ...(status === 'measured' ? {} : { failure }),
      samples: [],
      facts: {},
      consoleTail: '',
    },
    evidence: {},
    ...rest,
  };
}

export function hostNamed(
  name: string,
  environments: readonly Environment[] = ['qemu-tcg'],
): HostDescription {
  return {
    id: name as HostId,
    name,
    capacity: { cpus: 2, memoryMib: 8_192 },
    supports: environments.map((environment) => ({ environment, available: true, reason: '' })),
    permissions: [],
    labels: [],
    facts: {},
  };
}

/** What the agent of that name says first. */
export const helloOf = (name: string, changes: Partial<AgentHello> = {}): AgentHello => ({
  protocol: PROTOCOL,
  session: `session-of-${name}`,
  instance: `state-of-${name}`,
  bootId: 'boot',
  startedAtMs: 0,
  acknowledgedSequence: 0,
  seen: NO_REIGN,
  host: hostNamed(name),
  holding: [],
  unsettled: [],
  ...changes,
});

/** All outcomes of one attempt of a block of the harness's spec. */
export function wholeAttempt(
  block: string,
  changes: Parameters<typeof outcomeEntry>[1] = {},
): LogEntry[] {
  return ['old', 'new'].map((kernel) => outcomeEntry(`${block}/${kernel}`, changes));
}

/** As a user asks it of hosts; the same command is the same entry. */
export function hostCommanded(command: HostCommand): HostCommanded {
  const id = JSON.stringify(command);
  return { type: 'host-commanded', id, atMs: 1, by: 'tester', command };
}
