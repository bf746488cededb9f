// SPDX-License-Identifier: Apache-2.0
/**
 * Takes CPUs of this host away for the time of one trial, and brings them back: at its end,
 * however it ends, and at the next start when the agent was killed.
 */
import { LabsweepError, messageOf } from '@labsweep/proto';
import { formatCpuList } from '../cpu-list.js';
import { SettingsJournal } from '../hygiene/settings-journal.js';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import type { Trouble } from '../trial-evidence.js';

export interface OfflinePlace {
  /** `/` but for tests. */
  readonly root: string;
  /** Shared by all agents of this machine, one of which measures at a time. */
  readonly journalPath: string;
}

/** Brings back what a killed agent took away, and says so line by line. */
export async function restoreCpus(place: OfflinePlace): Promise<readonly string[]> {
  const journal = await SettingsJournal.open(place);
  return journal.restore();
}

/**
 * Calls `use` while `cpus` are offline. Resolves with a trouble when they cannot be taken away, or
 * do not all come back; rejects only as `use` does.
 */
export async function withCpusOffline<Result>(
  place: OfflinePlace & { readonly cpus: readonly number[] },
  use: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly trouble: Trouble }> {
  if (place.cpus.length === 0) return { result: await use() };
  const allowed = formatCpuList(await readAllowedCpus(place.root));
  const journal = await openJournal(place);
  if ('class' in journal) return { trouble: journal };
  const refused = await takeAway(journal, place.cpus);
  try {
    const end = refused === undefined ? { result: await use() } : { trouble: refused };
    const lost = await bringBack({ journal, root: place.root, allowed });
    return lost === undefined ? end : { trouble: lost };
  } catch (error) {
    // Why `use` has thrown matters more than a failed restore, which the next trial meets again.
    await journal.restore().catch(() => {});
    throw error;
  }
}

async function openJournal(place: OfflinePlace): Promise<SettingsJournal | Trouble> {
  try {
    const journal = await SettingsJournal.open(place);
    await journal.restore();
    return journal;
  } catch (error) {
    return notMoved(error);
  }
}

async function takeAway(
  journal: SettingsJournal,
  cpus: readonly number[],
): Promise<Trouble | undefined> {
  const settings = cpus.map((cpu) => ({
    path: `sys/devices/system/cpu/cpu${cpu}/online`,
    value: '0',
  }));
  return journal.setAll(settings).then(() => undefined, notMoved);
}

/** A cpuset of the old cgroup version forgets the CPUs that went; such a host is not to be used. */
async function bringBack(way: {
  readonly journal: SettingsJournal;
  readonly root: string;
  /** The CPUs that were ours before. */
  readonly allowed: string;
}): Promise<Trouble | undefined> {
  try {
    await way.journal.restore();
  } catch (error) {
    return notMoved(error);
  }
  const now = formatCpuList(await readAllowedCpus(way.root));
  if (now === way.allowed) return undefined;
  const lost = `this agent was allowed CPUs ${way.allowed}, and ${now} after they came back`;
  return notMoved(new LabsweepError(lost));
}

/** Whatever the disk or the kernel refused; a mistake of the program goes on. */
function notMoved(error: unknown): Trouble {
  const isSystemError = error instanceof Error && 'code' in error;
  if (!(error instanceof LabsweepError) && !isSystemError) throw error;
  const message =
    `the other CPUs could not be moved: ${messageOf(error)}; ` +
    'mend that, or ask for smp_by = affinity';
  return { class: 'placement-mismatch', message };
}
