// SPDX-License-Identifier: Apache-2.0
/**
 * Takes the kernel image and its configuration out of a .deb; the modules beside them, most of the
 * package, stay packed.
 */
import type { Dirent } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabsweepError } from '@labsweep/proto';
import { runCommand } from '../../command.js';

export interface PackedKernel {
  readonly image?: Uint8Array;
  /** The text with which the kernel was configured. */
  readonly config?: Uint8Array;
}

/** Debian moves these out of /boot; both places, with and without the merged /usr. */
const PATTERNS = {
  image: ['./boot/vmlinuz-*', './usr/lib/modules/*/vmlinuz', './lib/modules/*/vmlinuz'],
  config: ['./boot/config-*', './usr/lib/modules/*/config', './lib/modules/*/config'],
};
const IS_CONFIG = /^config(?:-|$)/;

/**
 * What the package holds of the two; from 6.19 on they lie in two packages. Throws when there is
 * more than one image.
 */
export async function extractKernel(
  packagePath: string,
  signal: AbortSignal,
): Promise<PackedKernel> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-deb-'));
  try {
    await unpack(packagePath, directory, signal);
    const entries = await readdir(directory, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile());
    const images = files.filter(({ name }) => !IS_CONFIG.test(name));
    const configs = files.filter(({ name }) => IS_CONFIG.test(name));
    if (images.length > 1) {
      const names = images.map(({ name }) => name).join(', ');
      throw new LabsweepError(`${packagePath} holds more than one kernel image: ${names}`);
    }
    const image = await contentOf(images[0]);
    // Of several nobody could say which one is the image's.
    const config = configs.length > 1 ? undefined : await contentOf(configs[0]);
    return { ...(image && { image }), ...(config && { config }) };
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function contentOf(entry: Dirent | undefined): Promise<Uint8Array | undefined> {
  return entry && (await readFile(join(entry.parentPath, entry.name)));
}

async function unpack(packagePath: string, directory: string, signal: AbortSignal) {
  const patterns = Object.values(PATTERNS).flat();
  const args = ['-x', '-f', '-', '-C', directory, '--wildcards', ...patterns];
  const { stderr, exitCode } = await runCommand('tar', args, {
    inputFrom: { program: 'dpkg-deb', arguments: ['--fsys-tarfile', packagePath] },
    signal,
    allowFailure: true,
  });
  // Tar calls a pattern that matched nothing a failure; here that is the usual case.
  const rest = stderr.replaceAll(
    /^.*(?:Not found in archive|Exiting with failure status).*\n?/gm,
    '',
  );
  if (exitCode === 0 || rest.trim() === '') return;
  throw new LabsweepError(`cannot unpack ${packagePath}: ${rest.trim()}`);
}
