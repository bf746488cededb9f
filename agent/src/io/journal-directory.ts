// SPDX-License-Identifier: Apache-2.0
/**
 * Where an agent keeps the old values of what it changes on this machine. It is one place for all
 * agents of the machine, since the next agent to start may be that of another sweep, with a state
 * directory of its own, and must still undo what a killed one has left.
 */
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Below /run: no setting outlives a reboot, and no more does what is kept there. Only root may
 * write there, and mostly only root may change settings; anybody else keeps the journal in the
 * agent's own state directory.
 */
const SHARED = '/run/labsweep';

/** An existing directory that can be written. */
export async function journalDirectory(stateDirectory: string): Promise<string> {
  return (await usable(SHARED)) ? SHARED : own(join(stateDirectory, 'journal'));
}

async function own(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

async function usable(path: string): Promise<boolean> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
