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
/** As POSIX has environment variables. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** A file beside the program: no slash, no dot in front, nothing a shell would mind. */
export const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
/** A function of a kernel: some end in `.isra.0` or the like. */
export const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_.]{0,127}$/;
/** What an operator says of a host, such as `rack=7`. */
export const LABEL = /^[A-Za-z0-9][A-Za-z0-9._/=-]{0,63}$/;
/** QEMU parts features by commas and turns them on and off by signs. */
export const CPU_MODEL = /^[A-Za-z0-9][A-Za-z0-9._,=+-]{0,255}$/;
/** A line that people read: no control characters, so it can be printed as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the purpose.
export const PLAIN_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
