// SPDX-License-Identifier: Apache-2.0
/**
 * What `enforce` does to a host for one sweep's sake, because its spec asks for it: these cost time
 * or bother others, so that no topic wants them by itself. What lasts is journalled and put back.
 */
import { constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HygienePreparation, LabsweepError, messageOf } from '@labsweep/proto';
import { formatCpuList } from '../cpu-list.js';
import { CPU, cpusIn, factOf, type HostView } from './host-view.js';
import { INTERRUPT_FILES_MAX } from './hygiene-limits.js';
import type { Setting, SettingsJournal } from './settings-journal.js';
import type { SwapSwitch } from './swap-switch.js';

export interface PreparedHost {
  readonly root: string;
  look(): HostView;
  readonly journal: SettingsJournal;
  readonly swap: SwapSwitch;
}

/** In this order, whatever that of the spec: each makes the next one easier. */
const STEPS: readonly [HygienePreparation, (host: PreparedHost) => Promise<readonly string[]>][] = [
  ['move-interrupts', moveInterrupts],
  ['swap-off', ({ swap }) => swap.off()],
  ['drop-caches', ({ root }) => trigger(root, 'proc/sys/vm/drop_caches', '3')],
  ['compact-memory', ({ root }) => trigger(root, 'proc/sys/vm/compact_memory', '1')],
];

/** What could be done in part only, in a line each. Throws LabsweepError for what cannot be had. */
export async function prepareHost(
  wanted: readonly HygienePreparation[],
  host: PreparedHost,
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const [name, step] of STEPS) {
    if (wanted.includes(name)) told.push(...(await step(host)));
  }
  return told;
}

/**
 * The kernel keeps some interrupts where they are (those that it spreads over the CPUs by itself,
 * timers), and says so when it is asked; they are counted and left.
 */
async function moveInterrupts({ look, journal }: PreparedHost): Promise<readonly string[]> {
  const view = look();
  const own = new Set(view.cpus);
  const others = cpusIn(factOf(view, `${CPU}/online`)).filter((cpu) => !own.has(cpu));
  if (others.length === 0) {
    return ['interrupts: the trial has all CPUs, so that there is nowhere to move them'];
  }
  const kept = await journal.setAllPossible(wantedAffinities(view, { own, others }));
  if (kept.length === 0) return [];
  const [first] = kept;
  return [`interrupts: the kernel keeps ${kept.length} on the trial's CPUs (${first?.message})`];
}

function wantedAffinities(
  view: HostView,
  { own, others }: { readonly own: ReadonlySet<number>; readonly others: readonly number[] },
): readonly Setting[] {
  const numbers = view.names('proc/irq').filter((name) => /^\d+$/.test(name));
  return numbers.slice(0, INTERRUPT_FILES_MAX).flatMap((number) => {
    const path = `proc/irq/${number}/smp_affinity_list`;
    const current = cpusIn(factOf(view, path));
    if (!current.some((cpu) => own.has(cpu))) return [];
    const rest = current.filter((cpu) => !own.has(cpu) && others.includes(cpu));
    return [{ path, value: formatCpuList(rest.length > 0 ? rest : others) }];
  });
}

/** A file of the kernel that does something once when it is written; nothing is to be restored. */
async function trigger(root: string, path: string, value: string): Promise<readonly string[]> {
  try {
    await writeFile(join(root, path), value, { flag: constants.O_WRONLY });
    return [];
  } catch (error) {
    throw new LabsweepError(
      `/${path} does not take '${value}': ${messageOf(error)}; run the agent as root, or leave ` +
        'it out of `prepare`',
    );
  }
}
