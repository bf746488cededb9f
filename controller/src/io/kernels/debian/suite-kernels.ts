// SPDX-License-Identifier: Apache-2.0
/**
 * All kernels of a Debian suite, in the order of their releases, as sources that a spec can name.
 * It reads package lists and downloads no kernel.
 */
import { join } from 'node:path';
import { UsageError } from '@labsweep/proto';
import { withFileLock } from '../../file-lock.js';
import {
  compareKernelVersions,
  type KernelVersion,
  parseKernelVersion,
} from '../kernel-version.js';
import type { DebianPackage } from './debian-package.js';
import type { DebianSourceOptions } from './debian-source.js';
import { compareDebianVersions } from './debian-version.js';
import { PackageLists } from './package-lists.js';
import { preparePrivateRoot } from './private-root.js';

/** One upstream release, in the newest build that the suites have of it. */
export interface SuiteKernel {
  /** The upstream release, such as `6.17.13` or `6.18-rc3`. */
  readonly release: string;
  /** `debian:<suite>/<package>=<version>`: one build, whatever the suite gets later. */
  readonly source: string;
}

/** For virtual machines: small, and with all that a guest of ours needs. */
const FLAVOUR = 'cloud-amd64';
const IMAGE = new RegExp(`^linux-image-\\d.*-${FLAVOUR}$`);

/**
 * The kernels of the flavour `cloud-amd64` in one or more suites, the oldest release first. Throws
 * a LabsweepError when a suite does not exist or cannot be read, or has no such kernel.
 */
export async function listSuiteKernels(
  suites: readonly string[],
  options: DebianSourceOptions,
): Promise<readonly SuiteKernel[]> {
  const found: SuitePackage[] = [];
  for (const suite of suites) {
    const packages = await packagesOf(suite, options);
    const images = packages.filter(({ name }) => IMAGE.test(name));
    if (images.length === 0) {
      throw new UsageError(`the suite ${suite} has no kernel of the flavour ${FLAVOUR}`);
    }
    found.push(...images.map(({ name, version }) => ({ suite, name, version })));
  }
  return newestBuilds(found);
}

async function packagesOf(
  suite: string,
  options: DebianSourceOptions,
): Promise<readonly DebianPackage[]> {
  const root = await preparePrivateRoot({ ...options, suite });
  const lists = new PackageLists(root, options);
  const lock = join(root.directory, 'lock');
  return withFileLock(lock, options.signal, async () => {
    return (await lists.fresh()) ?? (await lists.refreshOrOlder());
  });
}

export interface SuitePackage {
  readonly suite: string;
  readonly name: string;
  /** Debian's, which has the upstream release in it also where the name has an ABI number. */
  readonly version: string;
}

/** Pure: of several builds of one release the newest counts; packages without a release do not. */
export function newestBuilds(packages: readonly SuitePackage[]): readonly SuiteKernel[] {
  const byRelease = new Map<string, SuitePackage & { readonly order: KernelVersion }>();
  for (const each of packages) {
    // The revision behind the last dash is Debian's own.
    const upstream = each.version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
    const order = parseKernelVersion(upstream);
    if (order === undefined) continue;
    const release = upstream.replace(/~rc/, '-rc').replace(/[~+].*$/, '');
    const known = byRelease.get(release);
    if (known !== undefined && compareDebianVersions(known.version, each.version) >= 0) continue;
    byRelease.set(release, { ...each, order });
  }
  return [...byRelease]
    .sort(([, left], [, right]) => compareKernelVersions(left.order, right.order))
    .map(([release, { suite, name, version }]) => {
      return { release, source: `debian:${suite}/${name}=${version}` };
    });
}
