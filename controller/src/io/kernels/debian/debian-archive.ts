// SPDX-License-Identifier: Apache-2.0
/** Which archive `debian:` sources come from and whose signature it must carry. */
import { LabsweepError } from '@labsweep/proto';

export interface DebianArchive {
  /** Base address, for example `http://deb.debian.org/debian`. */
  readonly mirror: string;
  /** The same for suites that end in `-security`. */
  readonly securityMirror: string;
  /** Keyring file whose keys may sign; signatures are never optional. */
  readonly keyring: string;
}

/** Plain HTTP is enough: what arrives is believed for its signature, not for its way here. */
const DEBIAN_ARCHIVE: DebianArchive = {
  mirror: 'http://deb.debian.org/debian',
  securityMirror: 'http://deb.debian.org/debian-security',
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
};

/**
 * The archive that the user's environment names: `LABSWEEP_DEBIAN_MIRROR`,
 * `LABSWEEP_DEBIAN_SECURITY_MIRROR` and `LABSWEEP_DEBIAN_KEYRING`, each with Debian's own as
 * default.
 */
export function debianArchiveOf(
  environment: Readonly<Record<string, string | undefined>>,
): DebianArchive {
  return {
    mirror: withoutSlash(environment.LABSWEEP_DEBIAN_MIRROR || DEBIAN_ARCHIVE.mirror),
    securityMirror: withoutSlash(
      environment.LABSWEEP_DEBIAN_SECURITY_MIRROR || DEBIAN_ARCHIVE.securityMirror,
    ),
    keyring: environment.LABSWEEP_DEBIAN_KEYRING || DEBIAN_ARCHIVE.keyring,
  };
}

/** The base address that serves a suite. */
export function mirrorOf(archive: DebianArchive, suite: string): string {
  const mirror = suite.endsWith('-security') ? archive.securityMirror : archive.mirror;
  if (!/^https?:\/\/[^\s[\]"]+$/.test(mirror)) {
    throw new LabsweepError(
      `the Debian mirror ${JSON.stringify(mirror)} is not an http or https address; ` +
        'check LABSWEEP_DEBIAN_MIRROR and LABSWEEP_DEBIAN_SECURITY_MIRROR',
    );
  }
  return mirror;
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
