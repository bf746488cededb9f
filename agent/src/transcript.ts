// SPDX-License-Identifier: Apache-2.0
/**
 * What was heard of one run of the reproducer, whoever ran it: a guest's init, the native runner or
 * the scripted one. It is the common input of validation, and judges nothing itself.
 */

/** How the reproducer ended. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'not-executed'; readonly message: string };

export interface Transcript {
  /** What the guest, or the host of a native trial, said of itself. */
  readonly facts: Readonly<Record<string, string>>;
  /** Lines without their line ends. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly end?: ProgramEnd;
  /** The lines of an audit's dump. */
  readonly state?: readonly string[];
  /** The lines of an attribution's profile. */
  readonly profile?: readonly string[];
  /** A failure of the one who ran the reproducer, in its own words. */
  readonly error?: string;
  /** True when the transcript reaches its own end mark and nothing in it is missing or damaged. */
  readonly complete: boolean;
  /** The first thing that is wrong with the channel itself, and where. */
  readonly damage?: string;
}
