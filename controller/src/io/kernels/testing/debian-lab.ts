// SPDX-License-Identifier: Apache-2.0
/**
 * For tests: a small signed archive, the server that shows it, and an empty cache to resolve into.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../command.js';
import { type DebianKernel, resolveDebianSource } from '../debian/debian-source.js';
import { ArchiveServer } from './archive-server.js';
import { SigningKey } from './signing-key.js';
import { buildSmallArchive, SMALL_SUITE, type SmallPackage } from './small-archive.js';

export class DebianLab {
  readonly lines: string[] = [];

  private constructor(
    readonly directory: string,
    readonly key: SigningKey,
    readonly files: Map<string, Uint8Array>,
    readonly server: ArchiveServer,
    readonly signal: AbortSignal,
  ) {}

  /** Runs `body` with a lab of these packages, and leaves nothing behind. */
  static async with(packages: readonly SmallPackage[], body: (lab: DebianLab) => Promise<void>) {
    const { signal } = new AbortController();
    const directory = await mkdtemp(join(tmpdir(), 'labsweep-lab-'));
    const key = await SigningKey.create(join(directory, 'key'), signal);
    const files = await buildSmallArchive(packages, key, signal);
    const server = await ArchiveServer.start(files);
    try {
      await body(new DebianLab(directory, key, files, server, signal));
    } finally {
      await server.close();
      await key.close();
      await rm(directory, { recursive: true, force: true });
    }
  }

  get cacheDirectory(): string {
    return join(this.directory, 'cache');
  }

  async resolve(
    text: string,
    changes: { readonly signal?: AbortSignal; readonly keyring?: string } = {},
  ): Promise<DebianKernel> {
    const [name = '', version] = text.split('=');
    const source = { kind: 'debian', suite: SMALL_SUITE, package: name } as const;
    const { address } = this.server;
    const keyring = changes.keyring ?? this.key.keyring;
    return await resolveDebianSource(version === undefined ? source : { ...source, version }, {
      cacheDirectory: this.cacheDirectory,
      archive: { mirror: address, securityMirror: address, keyring },
      signal: changes.signal ?? this.signal,
      onProgress: (line) => this.lines.push(line),
    });
  }

  /** A second key, which the archive's keyring does not have. */
  async foreignKey<Result>(body: (key: SigningKey) => Promise<Result>): Promise<Result> {
    const key = await SigningKey.create(join(this.directory, 'foreign-key'), this.signal);
    return await body(key).finally(() => key.close());
  }
}

/** Why tests of signatures cannot run here, or false. */
export async function missingGpg(): Promise<string | false> {
  try {
    await runCommand('gpg', ['--version'], { signal: new AbortController().signal });
    return false;
  } catch (error) {
    const reason = `SKIPPED, signatures stay untested: ${(error as Error).message}`;
    console.error(reason);
    return reason;
  }
}
