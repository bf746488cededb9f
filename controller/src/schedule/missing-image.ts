// SPDX-License-Identifier: Apache-2.0
/**
 * Says of a row of guests that it has a kernel without an image. Only `host` kernels can lack one:
 * the box that took the sweep runs them, and keeps nothing of them that a guest could boot.
 */
import type { PlannedRow, ResolvedKernel } from '@labsweep/proto';

/** As words for what the row waits for; undefined where nothing is missing. */
export function missingImage(
  row: Pick<PlannedRow, 'environment' | 'kernels'>,
  kernels: readonly ResolvedKernel[],
): string | undefined {
  if (!row.environment.startsWith('qemu')) return undefined;
  const missing = kernels.find(
    ({ name, image }) => image === undefined && row.kernels.includes(name),
  );
  if (missing === undefined) return undefined;
  return (
    `waits for an image of ${missing.name} (${missing.source}): the box that took the sweep had ` +
    'none that it could read, in /boot or /usr/lib/modules; install the package of the kernel, ' +
    'make its image readable, or name it by file: or debian:'
  );
}
