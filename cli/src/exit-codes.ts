// SPDX-License-Identifier: Apache-2.0
/**
 * What a script learns from an ended command beyond success; the README lists it. Errors have their
 * codes by kind, from `exitCodeOf`.
 */

/** A comparison came out slower, and the command was asked to fail on that. */
export const EXIT_REGRESSION = 3;
/** What was asked for is not whole: cells lack trials, a bundle lacks files. */
export const EXIT_INCOMPLETE = 4;
/** Everything was measured and it decides nothing. */
export const EXIT_NO_VERDICT = 5;
/** As shells tell of a command that was ended by SIGINT. */
export const EXIT_INTERRUPTED = 130;
