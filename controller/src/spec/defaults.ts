// SPDX-License-Identifier: Apache-2.0
/** The values of keys that a spec leaves out. */
import type { EnvironmentRequest, HygieneMode } from '@labsweep/proto';

export const ORDER = 'interleaved';
export const SEED = 1;
/** The fewest blocks that can show anything at the level of 5 %. */
export const REPETITIONS_MIN = 6;
export const MEMORY_MIB = 1024;
export const DEADLINE_S = 300;
export const HYGIENE_MODE: HygieneMode = 'observe';
/** Of audit and attribution: state and profile hardly differ from run to run. */
export const PURPOSE_REPETITIONS = 1;

/** An emulated boot takes most of it; a small workload needs a second or two. */
export const ESTIMATE_S: Readonly<Record<EnvironmentRequest, number>> = {
  native: 6,
  qemu: 10,
  'qemu-kvm': 6,
  'qemu-tcg': 10,
  scripted: 1,
};

/** Which kernels an environment takes that names none: those that it can boot. */
export function takesKernel(environment: EnvironmentRequest, kernel: { isHost: boolean }): boolean {
  if (environment === 'scripted') return true;
  return kernel.isHost === (environment === 'native');
}
