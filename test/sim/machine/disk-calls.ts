// SPDX-License-Identifier: Apache-2.0
/**
 * The calls of `node:fs/promises` that the agent makes, on a virtual disk. Each takes its time, so
 * that a crash may come between any two of them.
 */
import { systemError, type VirtualDisk } from './virtual-disk.js';
import type { World } from './world.js';

const CALL_MS_MAX = 2;
const SYNC_MS_MIN = 2;
const SYNC_MS_MAX = 20;
/** What `statfs` tells of a disk with room. */
const FREE_BYTES = 2 ** 33;
const BLOCK_BYTES = 4_096;

type Bytes = Uint8Array | string;

/** On the disk of the machine whose process makes the call. */
export function promisesOf(world: World) {
  /** The call is done at its end, or fails there; its process may be gone by then. */
  const call = <Result>(run: (disk: VirtualDisk) => Result, latestMs = CALL_MS_MAX) => {
    const disk = world.current?.machine.disk;
    if (disk === undefined) throw new Error('no process of the simulation runs');
    return new Promise<Result>((resolve, reject) => {
      world.after(world.between('disk', 0, latestMs), () => {
        try {
          resolve(run(disk));
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  const syncMs = () => world.between('disk', SYNC_MS_MIN, SYNC_MS_MAX);
  return {
    mkdir: (path: string) => call((disk) => makeFolders(disk, path)),
    readdir: (path: string) => call((disk) => disk.list(path)),
    readFile: (path: string, options?: unknown) =>
      call((disk) => {
        const { content } = disk.open(path);
        return options === undefined ? content : new TextDecoder().decode(content);
      }),
    writeFile: (path: string, content: Bytes) =>
      call((disk) => disk.write(disk.create(path), bytesOf(content))),
    rename: (from: string, to: string) => call((disk) => disk.rename(from, to)),
    rm: (path: string, options?: { readonly force?: boolean }) =>
      call((disk) => {
        if (!disk.remove(path) && options?.force !== true) throw systemError('ENOENT', path);
      }),
    unlink: (path: string) =>
      call((disk) => {
        if (!disk.remove(path)) throw systemError('ENOENT', path);
      }),
    statfs: () =>
      call((disk) => {
        const blocks = disk.full ? 0 : FREE_BYTES / BLOCK_BYTES;
        return { bsize: BLOCK_BYTES, blocks, bfree: blocks, bavail: blocks };
      }),
    open: (path: string, flags = 'r') =>
      call((disk) => {
        if (disk.isFolder(path)) return folderHandle(path, call, syncMs);
        const inode = flags.startsWith('w') ? disk.create(path) : disk.open(path);
        const sync = () => call(() => disk.sync(inode), syncMs());
        return {
          writeFile: (content: Bytes) => call(() => disk.write(inode, bytesOf(content))),
          readFile: () => call(() => inode.content),
          sync,
          datasync: sync,
          close: () => Promise.resolve(),
        };
      }),
  };
}

type Call = <Result>(run: (disk: VirtualDisk) => Result, latestMs?: number) => Promise<Result>;

function folderHandle(path: string, call: Call, syncMs: () => number) {
  const sync = () => call((disk) => disk.syncFolder(path), syncMs());
  return { sync, datasync: sync, close: () => Promise.resolve() };
}

function makeFolders(disk: VirtualDisk, path: string): void {
  const parts = path.split('/');
  for (let count = 2; count <= parts.length; count += 1) {
    disk.makeFolder(parts.slice(0, count).join('/'));
  }
}

function bytesOf(content: Bytes): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
}
