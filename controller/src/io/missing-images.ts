// SPDX-License-Identifier: Apache-2.0
/** Refuses a sweep that would boot guests on a kernel of which this box has no image. */
import { type ResolvedKernel, type Spec, UsageError } from '@labsweep/proto';
import { placeOfText } from '../spec/place-of-text.js';
import { hostImagePlaces } from './kernels/host-kernel.js';

/** Throws a UsageError that says where the image was looked for. Only `host` kernels lack one. */
export function refuseMissingImages(
  spec: Spec,
  kernels: readonly ResolvedKernel[],
  request: { readonly specPath: string; readonly specText: string; readonly release?: string },
): void {
  for (const { environment, kernels: names } of spec.environments) {
    if (!environment.startsWith('qemu')) continue;
    const missing = kernels.find((kernel) => names.includes(kernel.name) && !kernel.image);
    if (missing === undefined) continue;
    const file = { path: request.specPath, text: request.specText };
    const { name, source } = missing;
    throw new UsageError(
      `${placeOfText(file, `"${name}"`)}: kernel ${name} (${source}) cannot be booted by ` +
        `${environment}: this box has no image of it that can be read, neither ` +
        `${hostImagePlaces(request.release).join(' nor ')}; install the package of the kernel, ` +
        'make its image readable, or name it by file: or debian:',
    );
  }
}
