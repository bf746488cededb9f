// SPDX-License-Identifier: Apache-2.0
/**
 * The door of this package: reading specs and planning, which a user's machine does before it
 * submits, the parts that the simulation drives, and where the controller's program is, for those
 * who start it as a process.
 */
import { fileURLToPath } from 'node:url';

export { DEFECT } from './io/defect-text.js';
export { Gate } from './io/gate.js';
export { configPlaces } from './io/kernels/config-places.js';
export { debianArchiveOf } from './io/kernels/debian/debian-archive.js';
export { listSuiteKernels } from './io/kernels/debian/suite-kernels.js';
export {
  compareKernelVersions,
  type KernelVersion,
  parseKernelVersion,
} from './io/kernels/kernel-version.js';
export { sortByNearness } from './io/kernels/nearest-versions.js';
export { LogWriter } from './io/log-writer.js';
export type { StoreSync } from './io/store-sync.js';
export { monotonicMs, sleep } from './io/waiting.js';
export { durationText } from './plan/duration-text.js';
export { designOf, extendDesign, type SweepDesign } from './plan/extend-design.js';
export { planSweep } from './plan/plan-sweep.js';
export { takesEffect } from './plan/takes-effect.js';
export type { LoopPorts } from './ports.js';
export { LockMemory } from './reign/lock-memory.js';
export { renderPlan } from './render-plan.js';
export { Sitting } from './sitting.js';
export { parseSpec } from './spec/parse-spec.js';
export { placeOfText } from './spec/place-of-text.js';
export { formatProblem } from './spec/spec-problem.js';
export { type RowPlace, rowPlace, type SpecVariant, specVariant } from './spec/spec-variant.js';
export { SweepLoop } from './sweep-loop.js';

/** The script that `node` runs to be a controller. */
export const CONTROLLER_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
