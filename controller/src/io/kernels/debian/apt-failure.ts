// SPDX-License-Identifier: Apache-2.0
/**
 * What apt's messages mean. Apt tells every failure by text alone, and some with exit code 0. Pure.
 */
import { LabsweepError } from '@labsweep/proto';

export type AptFailureKind =
  | 'signature'
  | 'expired'
  | 'hash-mismatch'
  | 'not-found'
  | 'unreachable'
  | 'other';

/** A failure of apt whose kind the caller acts on. */
export class AptFailure extends LabsweepError {
  constructor(
    readonly kind: AptFailureKind,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The first that matches counts: a bad signature outranks the missing files that follow from it.
 */
const KIND_PATTERNS: readonly (readonly [AptFailureKind, readonly RegExp[]])[] = [
  ['expired', [/is expired \(invalid since/, /is not valid yet/]],
  [
    'signature',
    [
      /GPG error|NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG/,
      /is (?:not|no longer) signed|Clearsigned file/,
      /verif\w* signature|signature verification|signatures couldn't be verified/,
      /signatures (?:were|was) invalid/,
    ],
  ],
  ['hash-mismatch', [/Hash Sum mismatch|File has unexpected size|Hashes of expected file/]],
  ['not-found', [/does not have a Release file|404 +Not Found/]],
  [
    'unreachable',
    [
      /Could not (?:connect|resolve)|Temporary failure|Unable to connect|timed out/,
      /Network is unreachable|No route to host|Connection (?:failed|refused|reset)/,
      /Error reading from server|Cannot initiate the connection|\b50[234] /,
    ],
  ],
];

/** `stderr` of an apt program that failed, or that may have: undefined when nothing went wrong. */
export function aptFailureKind(stderr: string, exitCode: number): AptFailureKind | undefined {
  const complaints = complaintsOf(stderr).join('\n');
  const kind = KIND_PATTERNS.find(([, patterns]) =>
    patterns.some((pattern) => pattern.test(complaints)),
  )?.[0];
  if (exitCode !== 0) return kind ?? 'other';
  // Apt keeps old lists after a bad signature and calls that a success with a warning.
  return kind === 'signature' || kind === 'expired' || kind === 'hash-mismatch' ? kind : undefined;
}

/** The errors and warnings of apt, each with the lines that continue it. */
export function complaintsOf(stderr: string): readonly string[] {
  return stderr
    .split(/\n(?=[EWN]: )/)
    .map((complaint) => complaint.trim())
    .filter((complaint) => /^[EW]: /.test(complaint));
}
