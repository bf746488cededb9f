// SPDX-License-Identifier: Apache-2.0
/** Fills in the defaults of `[schedule]`. It expects a faultless table. */
import { DEFAULT_SCHEDULING, type Scheduling } from '@labsweep/proto';
import type { SpecShape } from './schema.js';

const MS_PER_S = 1000;

export function buildScheduling(shape: SpecShape['schedule'] = {}): Scheduling {
  const graceS = shape.grace_s;
  return {
    priority: shape.priority ?? DEFAULT_SCHEDULING.priority,
    placement: shape.placement ?? DEFAULT_SCHEDULING.placement,
    labels: shape.labels ?? DEFAULT_SCHEDULING.labels,
    hostClass: shape.host_class ?? DEFAULT_SCHEDULING.hostClass,
    rerun: shape.rerun ?? DEFAULT_SCHEDULING.rerun,
    labFailuresMax: shape.lab_failures_max ?? DEFAULT_SCHEDULING.labFailuresMax,
    ...(graceS === undefined ? {} : { graceMs: Math.round(graceS * MS_PER_S) }),
  };
}
