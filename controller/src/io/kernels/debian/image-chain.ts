// SPDX-License-Identifier: Apache-2.0
/**
 * From the package that a spec names to those that hold the image and its configuration: meta
 * packages such as `linux-image-cloud-amd64` depend on it, and so does every linux-image from 6.19
 * on. Pure.
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
    const next = dependencyOf(packages, chain[0] ?? named, 'image|binary');
    if (next === undefined || chain.includes(next)) break;
    chain.unshift(next);
  }
  return chain;
}

/** The package beside it that has the configuration, where the image has a package of its own. */
export function configPackage(
  packages: readonly DebianPackage[],
  ofImage: DebianPackage,
): DebianPackage | undefined {
  return dependencyOf(packages, ofImage, 'base');
}

function dependencyOf(
  packages: readonly DebianPackage[],
  dependent: DebianPackage,
  kind: string,
): DebianPackage | undefined {
  const pattern = new RegExp(`^\\s*(linux-(?:${kind})-[^\\s(]+)\\s*(?:\\(=\\s*([^)\\s]+)\\s*\\))?`);
  for (const alternative of dependent.depends.split(/[,|]/)) {
    const match = pattern.exec(alternative);
    const found = match?.[1] && selectPackage(packages, match[1], match[2]);
    if (found) return found;
  }
  return undefined;
}
