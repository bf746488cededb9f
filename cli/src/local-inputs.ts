// SPDX-License-Identifier: Apache-2.0
/** What a sweep takes from this machine: the spec's text and the local files that it names. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { configPlaces, formatProblem, parseSpec, placeOfText } from '@labsweep/controller';
import {
  messageOf,
  type Sha256,
  type Spec,
  type SweepId,
  sha256Of,
  UsageError,
} from '@labsweep/proto';

export interface LocalInputs {
  readonly specPath: string;
  readonly specText: string;
  /** With the seed that really counts. */
  readonly spec: Spec;
  /** By the path as the spec has it; with what may be configurations of kernels beside them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The sweep's name and a digest of everything that decides what is measured. */
  readonly sweepBase: SweepId;
}

/** Some 300 KiB are usual; a file of that name and this size is something else. */
const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

/** Throws UsageError that names the file, and the place in the spec where there is one. */
export async function readInputs(specPath: string, seed?: number): Promise<LocalInputs> {
  const specText = await readText(specPath);
  const parsed = parseSpec({ text: specText, path: specPath });
  if (!parsed.ok) throw new UsageError(parsed.problems.map(formatProblem).join('\n'));
  const spec = seed === undefined ? parsed.spec : { ...parsed.spec, seed };
  const files = await readNamedFiles(spec, { specPath, specText });
  const hashes = [...files].map(([path, bytes]) => [path, sha256Of(bytes)]);
  const digest = sha256Of(JSON.stringify({ spec, hashes })).slice(0, 8);
  const sweepBase = `${spec.name}-${digest}` as SweepId;
  // They decide nothing of what is measured, so the digest leaves them out.
  const images = spec.kernels.flatMap(({ source }) =>
    source.kind === 'file' ? [source.path] : [],
  );
  for (const path of images) {
    const beside = await readConfigs(path, dirname(specPath));
    for (const [place, bytes] of beside) files.set(place, bytes);
  }
  return { specPath, specText, spec, files, sweepBase };
}

export function hashesOf(files: ReadonlyMap<string, Uint8Array>): Record<string, Sha256> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, sha256Of(bytes)]));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `cannot read the spec ${path}: ${reasonOf(error)}; examples are in the folder examples/`,
    );
  }
}

async function readNamedFiles(
  spec: Spec,
  from: { readonly specPath: string; readonly specText: string },
): Promise<Map<string, Uint8Array>> {
  const { program, files: beside } = spec.workload;
  const paths = [program.path, ...Object.values(beside)];
  for (const { source } of spec.kernels) if (source.kind === 'file') paths.push(source.path);
  const files = new Map<string, Uint8Array>();
  for (const path of paths) {
    const absolute = resolve(dirname(from.specPath), path);
    try {
      files.set(path, await readFile(absolute));
    } catch (error) {
      throw new UsageError(
        `${placeOfText({ path: from.specPath, text: from.specText }, path)}: cannot read ${absolute}: ${reasonOf(error)}; ` +
          'paths in a spec are relative to the spec',
      );
    }
  }
  return files;
}

/**
 * What may be the configuration of an image, by its path in the same terms; the controller says
 * whether it is.
 */
export async function readConfigs(
  imagePath: string,
  folder: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const configs = new Map<string, Uint8Array>();
  for (const place of configPlaces(imagePath)) {
    const bytes = await readFile(resolve(folder, place)).catch(() => undefined);
    if (bytes !== undefined && bytes.length <= CONFIG_BYTES_MAX) configs.set(place, bytes);
  }
  return configs;
}

/** Why a file of the user cannot be read, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'permission denied' : messageOf(error);
}
