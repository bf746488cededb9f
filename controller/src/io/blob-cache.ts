// SPDX-License-Identifier: Apache-2.0
/**
 * A folder of files named by their sha256. What it hands out has that hash, or is not handed out.
 * It is a cache: whoever reads must be able to make the content again.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sha256, sha256Of } from '@labsweep/proto';
import { writeAtomically } from './write-atomically.js';

export class BlobCache {
  constructor(private readonly directory: string) {}

  async put(content: Uint8Array): Promise<Sha256> {
    const sha256 = sha256Of(content);
    if ((await this.get(sha256)) === undefined) await writeAtomically(this.pathOf(sha256), content);
    return sha256;
  }

  /** Undefined when it is not there, or when the disk gave back something else: that is removed. */
  async get(sha256: Sha256): Promise<Uint8Array | undefined> {
    const content = await readFile(this.pathOf(sha256)).catch(() => undefined);
    if (content === undefined || sha256Of(content) === sha256) return content;
    await rm(this.pathOf(sha256), { force: true });
    return undefined;
  }

  pathOf(sha256: Sha256): string {
    return join(this.directory, sha256);
  }
}
