// SPDX-License-Identifier: Apache-2.0
/** Names this process so that another one on the same machine can tell whether it still lives. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from '@labsweep/proto';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Fields of /proc/PID/stat after the name of the program, which may hold anything. */
const STATE_FIELD = 0;
const START_FIELD = 19;

export function ownProcess(): ProcessIdentity {
  const { pid } = process;
  return { ...namespaceOf(), pid, startedAtTicks: statOf(pid)?.startedAtTicks ?? '' };
}

/** True only when it is certain: a process of another machine or namespace is never known. */
export function isDead(other: ProcessIdentity): boolean {
  ownNamespace ??= namespaceOf();
  const { bootId, pidNamespace } = ownNamespace;
  if (other.bootId !== bootId || other.pidNamespace !== pidNamespace) return false;
  const stat = statOf(other.pid);
  // A zombie has ended, although its parent does not know yet.
  return stat?.startedAtTicks !== other.startedAtTicks || stat.state === 'Z';
}

/** Neither changes in the life of a process, and a standby asks twice a second. */
let ownNamespace: ReturnType<typeof namespaceOf> | undefined;

function namespaceOf(): Pick<ProcessIdentity, 'bootId' | 'pidNamespace'> {
  return {
    bootId: readFileSync(BOOT_ID, 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
  };
}

function statOf(pid: number): { state: string; startedAtTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[STATE_FIELD] ?? '', startedAtTicks: fields[START_FIELD] ?? '' };
  } catch {
    return undefined;
  }
}
