// SPDX-License-Identifier: Apache-2.0
/** Names the boot of this machine: whatever ran before another one runs no longer. */
import { readFile } from 'node:fs/promises';

/** Empty where the kernel does not tell it. */
export async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim();
}
