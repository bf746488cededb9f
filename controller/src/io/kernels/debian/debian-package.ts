// SPDX-License-Identifier: Apache-2.0
/**
 * Reads kernel packages out of a Packages list that apt has verified. Pure; all else is skipped.
 */
import { z } from 'zod';
import { compareDebianVersions } from './debian-version.js';

export const debianPackage = z.object({
  name: z.string(),
  version: z.string(),
  depends: z.string(),
  /** Below the base address of the archive. */
  fileName: z.string(),
  sizeBytes: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type DebianPackage = z.infer<typeof debianPackage>;

/** Every package that has a kernel image or a configuration, or depends on one that has. */
export function parseKernelPackages(packagesList: string): readonly DebianPackage[] {
  return packagesList
    .split(/\n\n+/)
    .filter((stanza) => /^Package: linux-(?:image|binary|base)-/m.test(stanza))
    .map((stanza) => {
      const field = (name: string) =>
        new RegExp(`^${name}: *(.*)$`, 'm').exec(stanza)?.[1]?.trim() ?? '';
      return debianPackage.parse({
        name: field('Package'),
        version: field('Version'),
        depends: field('Depends'),
        fileName: field('Filename'),
        sizeBytes: Number(field('Size')),
        sha256: field('SHA256'),
      });
    });
}

/** The package of this name and version; the newest when no version is given. */
export function selectPackage(
  packages: readonly DebianPackage[],
  name: string,
  version: string | undefined,
): DebianPackage | undefined {
  return packages
    .filter((each) => each.name === name && (version === undefined || each.version === version))
    .sort((left, right) => compareDebianVersions(right.version, left.version))[0];
}
