// SPDX-License-Identifier: Apache-2.0
/**
 * What a package of one suite resolved to: kept so that the next sweep needs no archive, also when
 * the archive has dropped that version since.
 */
import { join } from 'node:path';
import type { Sha256 } from '@labsweep/proto';
import { z } from 'zod';
import { CachedRecord } from '../../cached-record.js';
import type { PrivateRoot } from './private-root.js';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256);

const shape = z.object({
  /** The .deb that the image came out of. */
  packageSha256: z.string(),
  imagePackage: z.string(),
  imageVersion: z.string(),
  imageSha256: sha256,
  /** Absent as long as the configuration was not found; records of earlier versions have none. */
  configSha256: sha256.exactOptional(),
  /** When it was last looked for in the archive. */
  configSoughtAtMs: z.number().exactOptional(),
});

export type Resolution = z.infer<typeof shape>;

/** The record of the package that a spec names, at one version. */
export function resolutionRecord(root: PrivateRoot, name: string, version: string) {
  const fileName = `${encodeURIComponent(name)}=${encodeURIComponent(version)}.json`;
  return new CachedRecord(join(root.directory, 'resolved', fileName), shape);
}
