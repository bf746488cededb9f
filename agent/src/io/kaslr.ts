// SPDX-License-Identifier: Apache-2.0
/** Whether the running kernel lies where it was linked to. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Where an x86-64 kernel is linked to, unless its configuration moves it. */
const LINKED_TO = 'ffffffff81000000';
/** The symbol is one of the first few hundred; the whole list is ten megabytes. */
const BYTES_MAX = 64 * 1024;

/**
 * `off` where the kernel lies where it was linked to, `on` where a boot loader has put it elsewhere
 * by lot, and undefined without the right to see addresses.
 */
export async function readKaslr(root: string): Promise<string | undefined> {
  const path = join(root, 'proc/kallsyms');
  const head = await text(createReadStream(path, { end: BYTES_MAX - 1 })).catch(() => '');
  const address = /^([0-9a-f]{16}) . _text$/m.exec(head)?.[1];
  if (address === undefined || /^0+$/.test(address)) return undefined;
  return address === LINKED_TO ? 'off' : 'on';
}
