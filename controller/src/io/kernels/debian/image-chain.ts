// SPDX-License-Identifier: Apache-2.0
/**
 * From the package that a spec names to the one that holds the image: meta packages such as
 * `linux-image-cloud-amd64` depend on it, and so does every linux-image from 6.19 on. Pure.
 */
import { type DebianPackage, selectPackage } from './debian-package.js';

/**
 * Meta package, linux-image, linux-binary, and one step for a split that Debian has yet to invent.
 */
const STEP_LIMIT = 4;

/** The packages to look into, the most likely one first; the named one is the last. */
export function imageChain(
  packages: readonly DebianPackage[],
  named: DebianPackage,
): readonly DebianPackage[] {
  const chain = [named];
  for (let step = 0; step < STEP_LIMIT; step += 1) {
    const next = dependencyOf(packages, chain[0] ?? named);
    if (next === undefined || chain.includes(next)) break;
    chain.unshift(next);
  }
  return chain;
}

function dependencyOf(
  packages: readonly DebianPackage[],
  dependent: DebianPackage,
): DebianPackage | undefined {
  for (const alternative of dependent.depends.split(/[,|]/)) {
    const match = /^\s*(linux-(?:image|binary)-[^\s(]+)\s*(?:\(=\s*([^)\s]+)\s*\))?/.exec(
      alternative,
    );
    const found = match?.[1] && selectPackage(packages, match[1], match[2]);
    if (found) return found;
  }
  return undefined;
}
