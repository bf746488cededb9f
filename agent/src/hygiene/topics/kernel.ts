// SPDX-License-Identifier: Apache-2.0
/** Which kernel this host runs, how it was built, started and loaded, and whether it is tainted. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const CONFIG_BYTES_MAX = 4 * 1024 * 1024;
const NOTES_BYTES_MAX = 64 * 1024;

export const kernel: Topic = {
  name: 'kernel',
  read: (view) => ({
    kernel_release: factOf(view, 'proc/sys/kernel/osrelease'),
    kernel_version: factOf(view, 'proc/sys/kernel/version'),
    cmdline: factOf(view, 'proc/cmdline'),
    tainted: factOf(view, 'proc/sys/kernel/tainted'),
    modules_sha256: modulesDigest(view),
    // The image in memory does not change for as long as it runs.
    kernel_build_id: view.constant('kernel_build_id', () => buildId(view)),
    kernel_config_sha256: view.constant('kernel_config_sha256', () => configDigest(view)),
  }),
  judge: (change) => [
    ...findChanges(change, { names: ['tainted', 'kernel_release'], kind: 'disturbs' }),
    ...findChanges(change, { names: ['modules_sha256'], kind: 'warns' }),
  ],
  advise: ({ kernel_release: release, tainted }) => {
    if (tainted === '0') return { verdict: 'ok', state: `${release}, not tainted` };
    const state = `${release}, tainted ${tainted}`;
    return { verdict: 'note', state, why: 'kernel lists ask for numbers of untainted kernels' };
  },
};

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Of the names alone, sorted: sizes and addresses differ from boot to boot. */
function modulesDigest(view: HostView): string {
  const text = view.text('proc/modules');
  if (text === undefined) return ABSENT;
  const names = text.split('\n').map((line) => line.split(' ')[0] ?? '');
  return sha256(names.filter(Boolean).sort().join('\n'));
}

/** Of the text, so that a compressed and a plain copy of one configuration agree. */
function configDigest(view: HostView): string {
  const packed = view.bytes('proc/config.gz', { position: 0, length: 'all' });
  try {
    if (packed !== undefined)
      return sha256(gunzipSync(packed, { maxOutputLength: CONFIG_BYTES_MAX }));
  } catch {
    return ABSENT;
  }
  const plain = view.text(`boot/config-${factOf(view, 'proc/sys/kernel/osrelease')}`);
  return plain === undefined ? ABSENT : sha256(plain);
}

/** ELF notes: sizes of name and content, type, name, content, each padded to four bytes. */
function buildId(view: HostView): string {
  const notes = view.bytes('sys/kernel/notes', { position: 0, length: 'all' });
  if (notes === undefined) return ABSENT;
  const padded = (length: number) => (length + 3) & ~3;
  const end = Math.min(notes.length, NOTES_BYTES_MAX);
  for (let at = 0; at + 12 <= end; ) {
    const nameAt = at + 12;
    const [nameLength, length] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
    const contentAt = nameAt + padded(nameLength);
    const isBuildId =
      notes.readUInt32LE(at + 8) === 3 && notes.toString('latin1', nameAt, nameAt + 3) === 'GNU';
    if (isBuildId) return notes.toString('hex', contentAt, contentAt + length);
    at = contentAt + padded(length);
  }
  return ABSENT;
}
