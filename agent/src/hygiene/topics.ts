// SPDX-License-Identifier: Apache-2.0
/**
 * The table of topics. The order is that in which `enforce` sets: turbo comes first, since it moves
 * the highest frequency that the governor topic then reads.
 */
import type { Topic } from './topic.js';
import { aslr } from './topics/aslr.js';
import { clock } from './topics/clock.js';
import { coreClass } from './topics/core-class.js';
import { firmware } from './topics/firmware.js';
import { frequency } from './topics/frequency.js';
import { governor } from './topics/governor.js';
import { hugePages } from './topics/huge-pages.js';
import { idleStates } from './topics/idle-states.js';
import { interrupts } from './topics/interrupts.js';
import { isolation } from './topics/isolation.js';
import { kernel } from './topics/kernel.js';
import { kernelLog } from './topics/kernel-log.js';
import { load } from './topics/load.js';
import { memory } from './topics/memory.js';
import { mitigations } from './topics/mitigations.js';
import { numa } from './topics/numa.js';
import { onlineCpus } from './topics/online-cpus.js';
import { powerSupply } from './topics/power-supply.js';
import { proactiveReclaim } from './topics/proactive-reclaim.js';
import { smt } from './topics/smt.js';
import { steal } from './topics/steal.js';
import { thermal } from './topics/thermal.js';
import { turbo } from './topics/turbo.js';
import { virtualization } from './topics/virtualization.js';
import { watchdog } from './topics/watchdog.js';
import { workload } from './topics/workload.js';

export const TOPICS: readonly Topic[] = [
  turbo,
  governor,
  frequency,
  idleStates,
  smt,
  coreClass,
  onlineCpus,
  isolation,
  interrupts,
  load,
  steal,
  thermal,
  powerSupply,
  hugePages,
  numa,
  memory,
  proactiveReclaim,
  aslr,
  mitigations,
  firmware,
  clock,
  watchdog,
  kernel,
  kernelLog,
  virtualization,
  workload,
];
