// SPDX-License-Identifier: Apache-2.0
/** Pins down the files beside a workload's program, which the user's machine has stored before. */
import { sha256Of, UsageError, type WorkloadFile, type WorkloadSpec } from '@labsweep/proto';
import { placeOfText } from '../spec/place-of-text.js';

/**
 * All files together: each trial copies them, in a guest into its memory. Larger data is for the
 * reproducer to make.
 */
export const FILES_BYTES_MAX = 64 * 1024 * 1024;

/** In the order of the spec. Throws a UsageError that names the place in the spec. */
export async function resolveFiles(
  workload: Pick<WorkloadSpec, 'files'>,
  spec: { readonly path: string; readonly text: string },
  read: (path: string) => Promise<Uint8Array>,
): Promise<readonly WorkloadFile[]> {
  const files: WorkloadFile[] = [];
  let totalBytes = 0;
  for (const [name, path] of Object.entries(workload.files)) {
    const bytes = await read(path);
    totalBytes += bytes.length;
    if (totalBytes > FILES_BYTES_MAX) {
      throw new UsageError(
        `${placeOfText(spec, path)}: the files of the workload have more than ` +
          `${FILES_BYTES_MAX / (1024 * 1024)} MiB together, and each trial copies them; ` +
          'let the program make its data',
      );
    }
    files.push({ name, sha256: sha256Of(bytes) });
  }
  return files;
}
