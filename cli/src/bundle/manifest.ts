// SPDX-License-Identifier: Apache-2.0
/**
 * MANIFEST.json, the first member of a bundle: what every other member is, and what is not in it.
 */
import { messageOf, type Sha256, type SweepId, UsageError } from '@labsweep/proto';
import { z } from 'zod';
import { comparePaths, pathProblem } from './member-path.js';

/** Goes up when an older labsweep would misread it; new fields do not count. */
export const BUNDLE_SCHEMA = 'labsweep-bundle/1';
/** Upper case sorts first, so a reader knows what to expect before it comes. */
export const MANIFEST_FILE = 'MANIFEST.json';
export const MANIFEST_BYTES_MAX = 64 * 2 ** 20;
export const MEMBERS_MAX = 200_000;

export interface ListedMember {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: Sha256;
}

/** What the sweep had and the bundle has not. */
export interface LeftOut {
  readonly path: string;
  /** Absent where nobody knows it. */
  readonly sha256?: Sha256;
  readonly reason: string;
  /** `choice`: nobody asked for it; `lack`: it belongs there and could not be put in. */
  readonly kind: 'choice' | 'lack';
}

export interface Manifest {
  readonly schema: typeof BUNDLE_SCHEMA;
  readonly sweep: SweepId;
  readonly state: string;
  readonly seed: number;
  /** Sorted by path, without the manifest itself. */
  readonly members: readonly ListedMember[];
  readonly leftOut: readonly LeftOut[];
}

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256);
const path = z.string().refine((text) => pathProblem(text) === undefined, 'not a path of a member');

const manifest: z.ZodType<Manifest> = z.object({
  schema: z.literal(BUNDLE_SCHEMA),
  sweep: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,199}$/)
    .transform((text) => text as SweepId),
  state: z.string(),
  seed: z.number().int().nonnegative(),
  members: z
    .array(z.object({ path, sizeBytes: z.number().int().nonnegative(), sha256 }))
    .max(MEMBERS_MAX),
  leftOut: z.array(
    z.object({
      path: z.string(),
      sha256: sha256.exactOptional(),
      reason: z.string(),
      kind: z.enum(['choice', 'lack']),
    }),
  ),
});

/** Whatever the order in which members and gaps are given. */
export function formatManifest(content: Omit<Manifest, 'schema'>): string {
  const { sweep, state, seed } = content;
  const members = content.members.toSorted((a, b) => comparePaths(a.path, b.path));
  const leftOut = content.leftOut.toSorted((a, b) => comparePaths(a.path, b.path));
  const all = { schema: BUNDLE_SCHEMA, sweep, state, seed, members, leftOut };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

/** Throws UsageError that names the bundle and the field. */
export function parseManifest(bundle: string, text: string): Manifest {
  const where = `${bundle}: ${MANIFEST_FILE}`;
  const value = parseJson(where, text);
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  if (schema !== BUNDLE_SCHEMA) {
    throw new UsageError(
      `${where}: the schema is ${JSON.stringify(schema)}; this labsweep reads ${BUNDLE_SCHEMA}, ` +
        'another version may read it',
    );
  }
  const result = manifest.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const paths = result.data.members.map((member) => member.path);
  const misplaced = paths.find((each, index) => index > 0 && each <= (paths[index - 1] ?? ''));
  if (misplaced === undefined) return result.data;
  throw new UsageError(`${where}: ${misplaced} stands there twice, or out of order`);
}

function parseJson(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where}: ${messageOf(error)}`, { cause: error });
  }
}
