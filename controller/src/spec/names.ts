// SPDX-License-Identifier: Apache-2.0
/**
 * The alphabets of the names in a spec. They keep ids free of blanks, slashes and shell surprises.
 */

/** Becomes part of folder names and broker subjects, so it has neither capitals nor dots. */
export const SWEEP_NAME = /^[a-z0-9][a-z0-9-]{0,47}$/;
/** Dots, for kernels are called like `v6.17`; no slash, for it parts a trial's id. */
export const KERNEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$/;
/** A key as a reproducer prints it in front of `=`. */
export const METRIC_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
/** A line that people read: no control characters, so it can be printed as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the purpose.
export const PLAIN_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
