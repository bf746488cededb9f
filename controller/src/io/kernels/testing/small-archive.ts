// SPDX-License-Identifier: Apache-2.0
/** For tests: a signed Debian repository of a few packages, as a map from path to content. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256Of } from '@labsweep/proto';
import { runCommand } from '../../command.js';
import type { SigningKey } from './signing-key.js';

export interface SmallPackage {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  /** Path inside the package to content. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export const SMALL_SUITE = 'small';
const INDEX = 'main/binary-amd64/Packages';

/** What a server would hold: `dists/…` and `pool/…`. Tests change it to tamper with it. */
export async function buildSmallArchive(
  packages: readonly SmallPackage[],
  key: SigningKey,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const archive = new Map<string, Uint8Array>();
  const stanzas: string[] = [];
  for (const each of packages) {
    const content = await buildPackage(each, signal);
    const path = `pool/${each.name}_${each.version}_amd64.deb`;
    archive.set(path, content);
    const size = `Size: ${content.length}\nSHA256: ${sha256Of(content)}\n`;
    stanzas.push(`${controlOf(each)}Filename: ${path}\n${size}`);
  }
  archive.set(`dists/${SMALL_SUITE}/${INDEX}`, Buffer.from(stanzas.join('\n')));
  await signArchive(archive, key);
  return archive;
}

/** Writes InRelease for the Packages list as it stands. */
export async function signArchive(archive: Map<string, Uint8Array>, key: SigningKey) {
  const index = archive.get(`dists/${SMALL_SUITE}/${INDEX}`) ?? Buffer.alloc(0);
  const release = [
    'Origin: test',
    `Suite: ${SMALL_SUITE}`,
    `Codename: ${SMALL_SUITE}`,
    `Date: ${new Date().toUTCString()}`,
    'Architectures: amd64',
    'Components: main',
    'SHA256:',
    ` ${sha256Of(index)} ${index.length} ${INDEX}`,
    '',
  ].join('\n');
  archive.set(`dists/${SMALL_SUITE}/InRelease`, Buffer.from(await key.sign(release)));
}

function controlOf(each: SmallPackage): string {
  const depends = each.depends ? `Depends: ${each.depends}\n` : '';
  return (
    `Package: ${each.name}\nVersion: ${each.version}\nArchitecture: amd64\n` +
    `Maintainer: Test <test@example.org>\n${depends}Description: a package for tests\n`
  );
}

async function buildPackage(each: SmallPackage, signal: AbortSignal): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-small-package-'));
  try {
    const tree = join(directory, 'tree');
    await mkdir(join(tree, 'DEBIAN'), { recursive: true, mode: 0o755 });
    await writeFile(join(tree, 'DEBIAN', 'control'), controlOf(each));
    for (const [path, content] of Object.entries(each.files ?? {})) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), content);
    }
    const output = join(directory, 'out.deb');
    const args = ['--root-owner-group', '-Zgzip', '--build', tree, output];
    await runCommand('dpkg-deb', args, { signal });
    return await readFile(output);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
