// SPDX-License-Identifier: Apache-2.0
/** The founding reproducer as a spec asks for it, with few iterations: a trial takes seconds. */
import { join } from 'node:path';
import { ROOT } from '../e2e/labsweep-process.js';

/** The tables `workload` and `workload.metrics` of a spec; what comes before them is its own. */
export function foundingWorkload({
  warmup,
  iterations = 60,
}: {
  readonly warmup: number;
  readonly iterations?: number;
}): string {
  return `[workload]
source = ${JSON.stringify(join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c'))}
arguments = ["shared_dirty_full_toggle_64m", "1", "--iterations", "${iterations}", "--warmup", "${warmup}"]
expectations = ["unexpected_results == 0", "expected_match_ratio == 100"]
[workload.metrics.iteration_ns_per_page]
unit = "ns/page"
direction = "lower"`;
}
