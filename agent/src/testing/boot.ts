// SPDX-License-Identifier: Apache-2.0
/** A plan of a boot for tests that boot a kernel image as it is. */
import { DEFAULT_GUEST } from '@labsweep/proto';
import { type BootPlan, planBoot } from '../runner/boot-plan.js';

export function plainBoot(imagePath: string): BootPlan {
  return planBoot({
    guest: { ...DEFAULT_GUEST, boot: 'plain' },
    commandLine: '',
    imagePath,
    unpacked: { reason: 'not asked for' },
    qbootPath: undefined,
  });
}
