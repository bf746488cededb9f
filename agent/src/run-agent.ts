// SPDX-License-Identifier: Apache-2.0
/**
 * Opens what an agent needs of its machine: the lock, the journal of settings, the runners; and
 * gives all of it back.
 */
import { dirname, join } from 'node:path';
import {
  formatAddress,
  type HostDescription,
  type HostId,
  PERMISSIONS,
  type Permission,
  UsageError,
} from '@labsweep/proto';
import type { AgentOptions } from './agent-options.js';
import { attachAndWork } from './attach-and-work.js';
import { createHygiene, type Hygiene } from './hygiene/hygiene.js';
import { readHost, readHostId } from './io/host-facts.js';
import { lockHost } from './io/host-lock.js';
import { journalDirectory } from './io/journal-directory.js';
import type { Runner, RunnerKind } from './runner/runner.js';
import { createRunners } from './runner/runners.js';

/** Runs until the signal fires. Throws LabsweepError when the controller refuses this agent. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const kinds = checkKinds(options.runners);
  const permissions = checkPermissions(options.may);
  const { stateDirectory, note } = options;
  const id = (options.hostId ?? (await readHostId({ root: '/', stateDirectory }))) as HostId;
  // Scripted trials load nothing, so any number of such agents may share a machine.
  const measures = kinds.some((kind) => kind !== 'scripted');
  const purpose = `controller ${options.controllers.map(formatAddress).join(',')}`;
  // Before anything is restored or probed: the agent that measures here may be using it.
  const lock = measures ? await lockHost(id, purpose) : undefined;
  const journals = options.journalDirectory ?? (await journalDirectory(stateDirectory));
  const hygiene = createHygiene({ journalPath: join(journals, 'settings.json') });
  const runners = openRunners(options, { kinds, permissions, journals, hygiene });
  try {
    if (measures) {
      for (const line of await hygiene.restoreLeftovers()) note(`left by a killed agent: ${line}`);
    }
    const describe = async () =>
      options.describe?.() ?? describeHost(options, { id, permissions, runners });
    await attachAndWork(options, { host: await describe(), describe, runners });
  } finally {
    for (const runner of runners) await runner.close();
    hygiene.close();
    lock?.release();
  }
}

function openRunners(
  { stateDirectory, cacheDirectory, initPath, toolsDirectory, note }: AgentOptions,
  machine: {
    readonly kinds: readonly RunnerKind[];
    readonly permissions: readonly Permission[];
    readonly journals: string;
    readonly hygiene: Hygiene;
  },
): Runner[] {
  const { kinds, permissions, journals, hygiene } = machine;
  const all = createRunners({
    initPath,
    scratchDirectory: join(stateDirectory, 'scratch'),
    // Unpacked once per kernel and machine, whichever agent comes first.
    kernelDirectory: join(dirname(cacheDirectory), 'unpacked-kernels'),
    toolsDirectory,
    journalDirectory: journals,
    permissions,
    hygiene,
    note,
  });
  return kinds.flatMap((kind) => all.get(kind) ?? []);
}

const KINDS: readonly RunnerKind[] = ['native', 'qemu', 'scripted'];

function checkKinds(names: readonly string[]): RunnerKind[] {
  return names.map((name) => {
    const kind = KINDS.find((known) => known === name);
    if (kind !== undefined) return kind;
    throw new UsageError(`--runners: '${name}' is not one of ${KINDS.join(', ')}`);
  });
}

function checkPermissions(names: readonly string[]): Permission[] {
  return names.map((name) => {
    const permission = PERMISSIONS.find((known) => known === name);
    if (permission !== undefined) return permission;
    throw new UsageError(`--may: '${name}' is not one of ${PERMISSIONS.join(', ')}`);
  });
}

async function describeHost(
  options: AgentOptions,
  known: {
    readonly id: HostId;
    readonly permissions: readonly Permission[];
    readonly runners: readonly Runner[];
  },
): Promise<HostDescription> {
  const { id, permissions, runners } = known;
  // First, because it brings back the CPUs that a killed agent took offline.
  const supports = (await Promise.all(runners.map((runner) => runner.probe()))).flat();
  const host = await readHost({ stateDirectory: options.stateDirectory });
  for (const { environment, available, reason } of supports) {
    options.note(`${environment}: ${available ? 'available' : `not available: ${reason}`}`);
  }
  const kvm = supports.find(({ environment }) => environment === 'qemu-kvm');
  return {
    ...host,
    // Kept with every sweep, because a reader asks why numbers come from emulation.
    facts: { ...host.facts, ...(kvm === undefined ? {} : { kvm_canary: kvm.reason }) },
    id,
    name: options.name ?? host.name,
    supports,
    permissions,
    labels: options.labels,
  };
}
