// SPDX-License-Identifier: Apache-2.0
/**
 * A lease as it travels <-> a lease in the domain, validated. Values of another set than ours are
 * refused here, so that no agent runs a trial that it only half understands.
 */
import { z } from 'zod';
import type { Lease } from './agent-messages.js';
import type { BlockId, KernelName, LeaseId, Sha256, SweepId, TrialId } from './domain.js';
import { ENVIRONMENTS, EXPECTATION_OPERATORS } from './domain.js';
import type { Lease as LeaseWire } from './generated/labsweep/v1/Lease.js';
import {
  BOOT_PATHS,
  BOOT_TRIMS,
  CORE_CLASSES,
  HYGIENE_MODES,
  HYGIENE_PREPARATIONS,
  MACHINE_TYPES,
  OUTPUT_ADAPTERS,
  PURPOSES,
  SMP_METHODS,
} from './trial-settings.js';

const name = <Name extends string>() =>
  z
    .string()
    .min(1)
    .transform((text) => text as Name);
const count = z.number().int().nonnegative();
const positive = z.number().int().positive();

const leasedTrial = z
  .object({
    trial: name<TrialId>(),
    kernel: name<KernelName>(),
    kernelSha256: z.string(),
    kernelRelease: z.string(),
  })
  .transform(({ trial, kernel, kernelSha256, kernelRelease }) => ({
    trial,
    kernel,
    ...(kernelSha256 === ''
      ? {}
      : { image: { sha256: kernelSha256 as Sha256, release: kernelRelease } }),
  }));

const guest = z.object({
  machine: z.enum(MACHINE_TYPES),
  cpuModel: z.string(),
  numaNodes: positive,
  hugePages: z.boolean(),
  preallocate: z.boolean(),
  overcommit: z.boolean(),
  boot: z.enum(BOOT_PATHS),
  trims: z.array(z.enum(BOOT_TRIMS)),
});

const native = z
  .object({
    cpus: z.string(),
    coreClass: z.enum(CORE_CLASSES),
    smpBy: z.enum(SMP_METHODS),
    scheduler: z.string(),
    numaNodePlusOne: count,
    settleMs: count,
  })
  .transform(({ numaNodePlusOne, ...rest }) => ({
    ...rest,
    ...(numaNodePlusOne === 0 ? {} : { numaNode: numaNodePlusOne - 1 }),
  }));

const workload = z.object({
  name: z.string(),
  sha256: name<Sha256>(),
  compiler: z.string(),
  flags: z.array(z.string()),
  arguments: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  files: z.array(z.object({ name: z.string().min(1), sha256: name<Sha256>() })),
  output: z.object({
    adapter: z.enum(OUTPUT_ADAPTERS),
    pattern: z.string(),
    rowKeys: z.array(z.string()),
  }),
  metrics: z.array(z.string()),
  expectations: z.array(
    z.object({ metric: z.string(), operator: z.enum(EXPECTATION_OPERATORS), value: z.number() }),
  ),
});

export const leaseSchema = z
  .object({
    lease: name<LeaseId>(),
    epoch: count,
    durationMs: positive,
    sweep: name<SweepId>(),
    block: name<BlockId>(),
    attempt: count,
    environment: z.enum(ENVIRONMENTS),
    purpose: z.enum(PURPOSES),
    smp: positive,
    memoryMib: count,
    commandLine: z.string(),
    deadlineMs: positive,
    hygiene: z.enum(HYGIENE_MODES),
    preparations: z.array(z.enum(HYGIENE_PREPARATIONS)),
    guest,
    native,
    functions: z.array(z.string()),
    workload,
    trials: z.array(leasedTrial),
  })
  .transform(({ smp, memoryMib, ...rest }) => ({ ...rest, shape: { smp, memoryMib } }));

export function writeLease({ shape, workload, trials, guest, native, ...rest }: Lease): LeaseWire {
  const { numaNode, ...placed } = native;
  return {
    ...rest,
    ...shape,
    functions: [...rest.functions],
    preparations: [...rest.preparations],
    guest: { ...guest, trims: [...guest.trims] },
    native: { ...placed, numaNodePlusOne: numaNode === undefined ? 0 : numaNode + 1 },
    workload: {
      ...workload,
      flags: [...workload.flags],
      arguments: [...workload.arguments],
      files: [...workload.files],
      output: { ...workload.output, rowKeys: [...workload.output.rowKeys] },
      metrics: [...workload.metrics],
      expectations: [...workload.expectations],
    },
    trials: trials.map(({ trial, kernel, image }) => ({
      trial,
      kernel,
      kernelSha256: image?.sha256 ?? '',
      kernelRelease: image?.release ?? '',
    })),
  };
}
