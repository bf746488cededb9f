// SPDX-License-Identifier: Apache-2.0
/** What to offer when the archive does not have the package that a spec names. Pure. */
import { compareKernelVersions, parseKernelVersion } from '../kernel-version.js';
import { sortByNearness } from '../nearest-versions.js';
import type { DebianPackage } from './debian-package.js';

const OFFER_LIMIT = 5;
/** Debug symbols, unsigned twins and build templates: packages that nobody means to measure. */
const NOT_OFFERED =
  /-(?:dbg|unsigned|signed-template)$|^linux-(?:binary|base)-|^linux-image-unsigned-/;

/**
 * At most five names, the nearest first: same flavour (`-cloud-amd64`) before others, then by
 * version. When the name exists and only the version does not, its versions are offered as
 * `name=version`.
 */
export function nearestPackages(
  packages: readonly DebianPackage[],
  wanted: { readonly name: string; readonly version?: string | undefined },
): readonly string[] {
  const sameName = packages.filter((each) => each.name === wanted.name);
  if (sameName.length > 0) {
    const texts = sameName.map((each) => `${each.name}=${each.version}`);
    return nearestTexts(texts, wanted.version ?? '').slice(0, OFFER_LIMIT);
  }
  const names = [...new Set(packages.map((each) => each.name))].filter(
    (name) => !NOT_OFFERED.test(name),
  );
  const flavour = flavourOf(wanted.name);
  const [same, other] = [true, false].map((isSame) =>
    names.filter((name) => (flavourOf(name) === flavour) === isSame),
  );
  return [same, other]
    .flatMap((group) => nearestTexts(group ?? [], wanted.name))
    .slice(0, OFFER_LIMIT);
}

/**
 * Texts without a kernel version, such as names of meta packages, are near to what has none too.
 */
function nearestTexts(texts: readonly string[], wantedText: string): readonly string[] {
  const wanted = parseKernelVersion(wantedText);
  const items = texts.flatMap((text) => {
    const version = parseKernelVersion(text.split('=').at(-1) ?? '');
    return version ? [{ text, version }] : [];
  });
  const bare = texts.filter((text) => !items.some((item) => item.text === text));
  if (wanted) return [...sortByNearness(items, wanted).map((item) => item.text), ...bare];
  items.sort((left, right) => compareKernelVersions(right.version, left.version));
  return [...bare, ...items.map((item) => item.text)];
}

/** `-cloud-amd64` of `linux-image-6.17.13+deb13-cloud-amd64`. */
function flavourOf(name: string): string {
  const behind = name.replace(/^linux-(?:image|binary)/, '');
  return /-(?!rc\d)[a-z][a-z0-9-]*$/.exec(behind)?.[0] ?? '';
}
