// SPDX-License-Identifier: Apache-2.0
/**
 * Takes the kernel image out of a .deb; the modules beside it, most of the package, stay packed.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabsweepError } from '@labsweep/proto';
import { runCommand } from '../../command.js';

/** Debian moved the image out of /boot; both places, with and without the merged /usr. */
const IMAGE_PATTERNS = [
  './boot/vmlinuz-*',
  './usr/lib/modules/*/vmlinuz',
  './lib/modules/*/vmlinuz',
];

/** Undefined when the package holds no image. Throws when it holds several. */
export async function extractImage(
  packagePath: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-deb-'));
  try {
    await unpackImages(packagePath, directory, signal);
    const entries = await readdir(directory, { withFileTypes: true, recursive: true });
    const images = entries.filter((entry) => entry.isFile());
    if (images.length > 1) {
      const names = images.map((image) => image.name).join(', ');
      throw new LabsweepError(`${packagePath} holds more than one kernel image: ${names}`);
    }
    const image = images[0];
    return image && (await readFile(join(image.parentPath, image.name)));
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function unpackImages(packagePath: string, directory: string, signal: AbortSignal) {
  const args = ['-x', '-f', '-', '-C', directory, '--wildcards', ...IMAGE_PATTERNS];
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
