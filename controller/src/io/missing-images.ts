// SPDX-License-Identifier: Apache-2.0
/** Refuses a sweep of which nothing can run, since this box has no image of its own kernel. */
import { type ResolvedKernel, type Spec, UsageError } from '@labsweep/proto';
import { placeOfText } from '../spec/place-of-text.js';
import { hostImagePlaces } from './kernels/host-kernel.js';

/**
 * Throws a UsageError that says where the image was looked for. Only `host` kernels lack one. Where
 * other rows can run, those of the kernel wait, and say so.
 */
export function refuseMissingImages(
  spec: Spec,
  kernels: readonly ResolvedKernel[],
  request: { readonly specPath: string; readonly specText: string; readonly release?: string },
): void {
  const lacking = spec.environments.map(({ environment, kernels: names }) => {
    const isGuest = environment.startsWith('qemu');
    const kernel = kernels.find(({ name, image }) => isGuest && !image && names.includes(name));
    return kernel && { environment, kernel };
  });
  const [first] = lacking;
  if (first === undefined || lacking.includes(undefined)) return;
  const file = { path: request.specPath, text: request.specText };
  const { environment, kernel } = first;
  throw new UsageError(
    `${placeOfText(file, kernel.name, '[[environments]]')}: kernel ${kernel.name} ` +
      `(${kernel.source}) cannot be booted by ${environment}: this box has no image of it that ` +
      `can be read, neither ${hostImagePlaces(request.release).join(' nor ')}; install the ` +
      'package of the kernel, make its image readable, or name it by file: or debian:',
  );
}
