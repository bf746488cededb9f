// SPDX-License-Identifier: Apache-2.0
/**
 * A disk that forgets what was not synced when its machine crashes: contents of files until the
 * file is synced, names until their folder is. Killing a process loses nothing.
 */

interface Inode {
  content: Uint8Array;
  /** What a crash leaves of it. */
  durable: Uint8Array;
}

/** An error with the code that the system would give. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

export class VirtualDisk {
  /** While true, nothing can be written. */
  full = false;
  private names = new Map<string, Inode>();
  private durableNames = new Map<string, Inode>();
  private readonly folders = new Set<string>();

  makeFolder(path: string): void {
    this.folders.add(path);
  }

  create(path: string): Inode {
    const folder = folderOf(path);
    if (!this.folders.has(folder)) throw systemError('ENOENT', path);
    if (this.full) throw systemError('ENOSPC', path);
    const known = this.names.get(path);
    const inode = known ?? { content: new Uint8Array(), durable: new Uint8Array() };
    inode.content = new Uint8Array();
    this.names.set(path, inode);
    return inode;
  }

  open(path: string): Inode {
    const inode = this.names.get(path);
    if (inode === undefined) throw systemError('ENOENT', path);
    return inode;
  }

  isFolder(path: string): boolean {
    return this.folders.has(path);
  }

  write(inode: Inode, content: Uint8Array): void {
    // Part of it may have gone in before the disk was full.
    inode.content = this.full ? content.slice(0, content.length >> 1) : content;
    if (this.full) throw systemError('ENOSPC', 'write');
  }

  sync(inode: Inode): void {
    inode.durable = inode.content;
  }

  /** Makes the names in a folder durable as they are now. */
  syncFolder(folder: string): void {
    for (const path of [...this.durableNames.keys()]) {
      if (folderOf(path) === folder && !this.names.has(path)) this.durableNames.delete(path);
    }
    for (const [path, inode] of this.names) {
      if (folderOf(path) === folder) this.durableNames.set(path, inode);
    }
  }

  rename(from: string, to: string): void {
    const inode = this.open(from);
    this.names.delete(from);
    this.names.set(to, inode);
  }

  remove(path: string): boolean {
    return this.names.delete(path);
  }

  /** Names of the entries of a folder, without their path. */
  list(folder: string): string[] {
    if (!this.folders.has(folder)) throw systemError('ENOENT', folder);
    const inside = [...this.names.keys(), ...this.folders].filter((path) => {
      return path !== folder && folderOf(path) === folder;
    });
    return inside.map((path) => path.slice(folder.length + 1)).sort();
  }

  /** How many files of a folder have a name with that ending. */
  count(folder: string, ending: string): number {
    let count = 0;
    for (const path of this.names.keys()) {
      if (path.endsWith(ending) && folderOf(path) === folder) count += 1;
    }
    return count;
  }

  /**
   * The machine lost its power. Of what was not synced, names that `isKept` says have reached the
   * disk all the same, as a system may write at any time.
   */
  crash(isKept: () => boolean): void {
    const names = new Map(this.durableNames);
    for (const [path, inode] of this.names) {
      if (names.get(path) !== inode && isKept()) names.set(path, inode);
    }
    for (const path of this.durableNames.keys()) {
      if (!this.names.has(path) && isKept()) names.delete(path);
    }
    for (const inode of names.values()) inode.content = inode.durable;
    this.names = names;
    this.durableNames = new Map(names);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
