// SPDX-License-Identifier: Apache-2.0
/** Draws from an order what its outcome will be held against. */
import type { TrialRequirements } from '../trial-evidence.js';
import type { TrialOrder } from './runner.js';

export function requirementsOf(order: TrialOrder): TrialRequirements {
  const release = order.kernelImage?.release;
  return {
    environment: order.environment,
    purpose: order.purpose,
    smp: order.shape.smp,
    commandLine: order.commandLine,
    ...(release !== undefined && { kernelRelease: release }),
    output: order.workload.output,
    metrics: order.workload.metrics,
    expectations: order.workload.expectations,
  };
}
