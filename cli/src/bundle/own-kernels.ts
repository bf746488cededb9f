// SPDX-License-Identifier: Apache-2.0
/** The kernels of a sweep that are kernels of their own. */
import type { SweepRecord } from '@labsweep/analysis';

/** Without the baseline's second turn, which is the baseline under another name. */
export function ownKernels({ spec, submitted }: SweepRecord): SweepRecord['submitted']['kernels'] {
  return submitted.kernels.filter(({ name }) => name !== spec.again);
}
