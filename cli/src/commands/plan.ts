// SPDX-License-Identifier: Apache-2.0
/** `labsweep plan SPEC`: prints rows, blocks, order and an estimate of the time; runs nothing. */
import { planSweep, renderPlan } from '@labsweep/controller';
import { readInputs } from '../local-inputs.js';

/** Throws UsageError for a spec that cannot be run. */
export async function planCommand(specPath: string, seed?: number): Promise<string> {
  const { spec } = await readInputs(specPath, seed);
  return renderPlan({ spec, plan: planSweep(spec) });
}
