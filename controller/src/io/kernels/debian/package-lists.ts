// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel packages of one suite: fetched and verified by apt, then kept as a small index, so
 * that the next look needs neither apt nor network.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabsweepError, UsageError } from '@labsweep/proto';
import { z } from 'zod';
import { CachedRecord } from '../../cached-record.js';
import { AptFailure, aptFailureKind, complaintsOf } from './apt-failure.js';
import { type DebianPackage, debianPackage, parseKernelPackages } from './debian-package.js';
import type { PrivateRoot } from './private-root.js';
import { runApt } from './run-apt.js';

const FRESH_FOR_MS = 24 * 60 * 60 * 1000;
/** Older lists often do as well, so a dead network must not hold up the user for long. */
const QUICK_TO_FAIL = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=10'];
const COMPLAINT_LIMIT_CHARACTERS = 600;
/** Where Debian keeps kernels; offered when a suite does not exist. */
const SUITES_WITH_KERNELS =
  'bookworm, bookworm-security, bookworm-backports, trixie, trixie-security, trixie-backports';

const indexShape = z.object({
  refreshedAtMs: z.number(),
  packages: z.array(debianPackage).readonly(),
  /** Earlier versions left out the packages that hold configurations. */
  hasConfigs: z.literal(true).exactOptional(),
});

export interface PackageListsOptions {
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

export class PackageLists {
  private readonly index: CachedRecord<typeof indexShape>;

  constructor(
    private readonly root: PrivateRoot,
    private readonly options: PackageListsOptions,
  ) {
    this.index = new CachedRecord(join(root.directory, 'kernel-packages.json'), indexShape);
  }

  /** The packages as of at most a day ago, without a look at the archive. */
  async fresh(): Promise<readonly DebianPackage[] | undefined> {
    const known = await this.index.read();
    const ageMs = Date.now() - (known?.refreshedAtMs ?? 0);
    return known?.hasConfigs && ageMs >= 0 && ageMs < FRESH_FOR_MS ? known.packages : undefined;
  }

  /**
   * The packages as of now, or as of the last time that the archive could be reached. A failed
   * signature is an error even when older lists are there.
   */
  async refreshOrOlder(): Promise<readonly DebianPackage[]> {
    try {
      return await this.refresh();
    } catch (error) {
      const known = await this.index.read();
      if (!known || !(error instanceof AptFailure) || error.kind !== 'unreachable') throw error;
      const { mirror, suite } = this.root;
      const day = new Date(known.refreshedAtMs).toISOString().slice(0, 10);
      this.options.onProgress(
        `${mirror} cannot be reached; using the ${suite} package lists of ${day}`,
      );
      return known.packages;
    }
  }

  /**
   * Fetches the lists anew. Throws an AptFailure when the archive or its signature is not right.
   */
  async refresh(): Promise<readonly DebianPackage[]> {
    const { root } = this;
    this.options.onProgress(`reading package lists of ${root.mirror} ${root.suite}`);
    const { stderr, exitCode } = await this.apt('apt-get', [...QUICK_TO_FAIL, 'update']);
    const kind = aptFailureKind(stderr, exitCode);
    if (kind !== undefined) {
      await this.discardPartialLists(kind);
      throw this.failureOf(kind, stderr);
    }
    const packages = parseKernelPackages(await this.packagesText());
    await this.index.write({ refreshedAtMs: Date.now(), packages, hasConfigs: true });
    return packages;
  }

  /**
   * Apt would take up a refused file again next time, as if it were the beginning of a good one.
   */
  private async discardPartialLists(kind: AptFailure['kind']): Promise<void> {
    if (kind === 'unreachable') return;
    const partial = join(this.root.directory, 'state', 'lists', 'partial');
    for (const name of await readdir(partial)) await rm(join(partial, name), { force: true });
  }

  private async packagesText(): Promise<string> {
    const targets = ['indextargets', '--format', '$(FILENAME)', 'Created-By: Packages'];
    const paths = (await this.apt('apt-get', targets)).stdout.trim().split('\n').filter(Boolean);
    if (paths.length === 0)
      throw new LabsweepError(`apt has no package list in ${this.root.directory}`);
    const result = await this.apt('/usr/lib/apt/apt-helper', ['cat-file', ...paths]);
    if (result.exitCode === 0) return result.stdout;
    throw new LabsweepError(`apt cannot read its own package lists: ${result.stderr.trim()}`);
  }

  private apt(program: Parameters<typeof runApt>[1], args: readonly string[]) {
    return runApt(this.root, program, args, this.options.signal);
  }

  private failureOf(kind: AptFailure['kind'], stderr: string): Error {
    const { mirror, suite, keyring } = this.root;
    const said = complaintsOf(stderr).join(' ').slice(0, COMPLAINT_LIMIT_CHARACTERS);
    const where = `${mirror} ${suite}`;
    switch (kind) {
      case 'signature':
        return new AptFailure(
          kind,
          `refused: InRelease of ${where} is not signed by a key in ${keyring}, so nothing of it ` +
            `is used. Try another mirror, or update debian-archive-keyring. apt says: ${said}`,
        );
      case 'hash-mismatch':
        return new AptFailure(
          kind,
          `refused: the Packages list of ${where} does not have the hash that its signed ` +
            `InRelease gives. Try again in some minutes, or another mirror. apt says: ${said}`,
        );
      case 'expired':
        return new AptFailure(
          kind,
          `refused: InRelease of ${where} is out of date or of the future. Check this machine's ` +
            `clock, or try another mirror. apt says: ${said}`,
        );
      case 'not-found':
        return new UsageError(
          `there is no suite ${suite} at ${mirror}; suites with kernels: ${SUITES_WITH_KERNELS}`,
        );
      case 'unreachable':
        return new AptFailure(
          kind,
          `${where} cannot be reached, and no usable package lists of it are in the cache. Check ` +
            `the network, or name a mirror in LABSWEEP_DEBIAN_MIRROR. apt says: ${said}`,
        );
      default:
        return new AptFailure(kind, `apt cannot read ${where}: ${said || 'it gave no reason'}`);
    }
  }
}
