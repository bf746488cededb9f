// SPDX-License-Identifier: Apache-2.0
/**
 * While an embedded lab runs, its folder says where its controller listens, so that the commands of
 * a user find it. What a killed lab leaves behind names a process that is gone, and counts for
 * nothing.
 */
import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, formatAddress, parseLoopbackAddresses } from '@labsweep/proto';

const RECORD = 'lab.json';
/** Field of /proc/PID/stat, counted after the name of the program, which may hold anything. */
const START_FIELD = 19;

interface LabRecord {
  readonly controller: string;
  readonly pid: number;
  /** Tells the process from a later one with the same number. */
  readonly startedAtTicks: string;
}

/** The lab ends with this process. */
export async function writeLabRecord(
  folder: string,
  controller: readonly Address[],
): Promise<void> {
  const { pid } = process;
  const startedAtTicks = startOf(pid) ?? '';
  const record: LabRecord = {
    controller: controller.map(formatAddress).join(','),
    pid,
    startedAtTicks,
  };
  const file = join(folder, RECORD);
  await writeFile(`${file}.tmp`, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(`${file}.tmp`, file);
}

export async function removeLabRecord(folder: string): Promise<void> {
  await rm(join(folder, RECORD), { force: true });
}

/** Undefined when no lab runs in the folder. */
export async function readRunningLab(folder: string): Promise<readonly Address[] | undefined> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record === undefined || startOf(record.pid) !== record.startedAtTicks) return undefined;
  return parseLoopbackAddresses(record.controller, join(folder, RECORD));
}

/** Undefined for what a power loss may have left: then no lab runs, either. */
function parseRecord(text: string): LabRecord | undefined {
  try {
    const { controller, pid, startedAtTicks } = JSON.parse(text) as Partial<LabRecord>;
    if (controller === undefined || pid === undefined || startedAtTicks === undefined) {
      return undefined;
    }
    return { controller, pid, startedAtTicks };
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[START_FIELD];
  } catch {
    return undefined;
  }
}
