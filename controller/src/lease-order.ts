// SPDX-License-Identifier: Apache-2.0
/** Turns a grant into the message that tells an agent everything it needs to run the block. */
import { strict as assert } from 'node:assert';
import { LEASES_PER_TERM, type Lease, type LeaseId } from '@labsweep/proto';
import type { SweepState } from './fold/lab-state.js';
import { isHostKernel } from './schedule/booted-kernel.js';
import type { Grant } from './schedule/schedule-view.js';

/** The fencing token of the lease with this number: a later term always has the higher ones. */
export function epochOf(term: number, leaseCount: number): number {
  return term * LEASES_PER_TERM + leaseCount;
}

export function buildLease(
  sweep: SweepState,
  grant: Grant,
  right: { readonly lease: LeaseId; readonly epoch: number; readonly durationMs: number },
): Lease {
  const planned = sweep.blocks.get(grant.block)?.planned;
  assert(planned, `grant for ${grant.block}, which is not planned`);
  const row = sweep.rows.get(planned.row);
  assert(row, `block ${planned.id} has no row`);
  const { name, arguments: words, variables, output } = sweep.spec.workload;
  const { metrics, expectations } = sweep.spec.workload;
  const { sha256, compiler, flags, files } = sweep.submitted.workload;
  return {
    ...right,
    sweep: grant.sweep,
    block: grant.block,
    attempt: grant.attempt,
    environment: grant.environment,
    purpose: row.purpose,
    shape: row.shape,
    commandLine: row.commandLine,
    deadlineMs: row.deadlineMs,
    hygiene: sweep.spec.hygiene,
    preparations: sweep.spec.preparations ?? [],
    guest: row.guest,
    native: row.native,
    functions: row.purpose === 'attribution' ? (sweep.spec.attribution?.functions ?? []) : [],
    workload: {
      name,
      sha256,
      compiler,
      flags,
      arguments: words,
      variables,
      files,
      output,
      metrics: metrics.map((metric) => metric.name),
      expectations,
    },
    trials: planned.trials
      .filter((trial) => grant.trials.includes(trial.id))
      .map((trial) => {
        const image = sweep.kernels.find((other) => other.name === trial.kernel)?.image;
        // Natively an image only says which release must be booted, and `host` is any.
        const isAny = grant.environment === 'native' && isHostKernel(sweep, trial.kernel);
        if (image === undefined || isAny) return { trial: trial.id, kernel: trial.kernel };
        const { sha256: digest, release } = image;
        return { trial: trial.id, kernel: trial.kernel, image: { sha256: digest, release } };
      }),
  };
}
