// SPDX-License-Identifier: Apache-2.0
/** The bounds of what a spec may ask for. It checks nothing itself. */

/**
 * Longer files are refused unread: a spec is written by hand, and the parser is not made for more.
 */
export const SPEC_LENGTH_MAX = 64 * 1024;
/**
 * Mistakes told of one file, the first ones: nobody reads more, and one slip can make thousands.
 */
export const PROBLEMS_MAX = 100;
/**
 * More trials than this are a mistake in `repetitions`, and would strain every table drawn of them.
 */
export const TRIALS_MAX = 1_000_000;

export const REPETITIONS_MAX = 1000;
/** Of changes: a hundredth of a percent is below any noise, and half is no precision. */
export const PERCENT_MIN = 0.01;
export const PERCENT_MAX = 50;
/** Seeds are 32 bits, so that they survive JSON and any other language unharmed. */
export const SEED_MAX = 2 ** 32 - 1;

/** One letter tells apart the rows of two environments that share kind and SMP count. */
export const ENVIRONMENTS_MAX = 26;
export const KERNELS_MAX = 100;
export const METRICS_MAX = 64;
export const EXPECTATIONS_MAX = 64;
export const ARGUMENTS_MAX = 256;
export const VARIABLES_MAX = 64;
/** They are copied for each trial, into the guest's memory too: data sets do not belong there. */
export const FILES_MAX = 16;
export const ROW_KEYS_MAX = 8;
/** A longer one is a program; let the reproducer print `key=value` instead. */
export const PATTERN_LENGTH_MAX = 1024;
export const FUNCTIONS_MAX = 16;

export const SMP_MAX = 1024;
/** CPU numbers of a host; kernels of distributions are built for at most 8192. */
export const CPU_NUMBER_MAX = 8191;
/** QEMU gives a guest no more. */
export const NUMA_NODES_MAX = 128;
export const NUMA_NODE_MAX = 1023;
/** Priorities of the real-time policies, as sched(7) has them. */
export const PRIORITY_MAX = 99;
/** A host that needs longer to come to rest is not at rest. */
export const SETTLE_S_MAX = 3600;
/** A Debian kernel with the guest's initramfs does not boot reliably in less. */
export const MEMORY_MIB_MIN = 128;
export const MEMORY_MIB_MAX = 16 * 1024 * 1024;
/** Scripted trials may be short; nothing that boots is. */
export const DURATION_S_MIN = 0.001;
export const DURATION_S_MAX = 24 * 60 * 60;

/** Priorities of sweeps, on both sides of the default, 0. */
export const SWEEP_PRIORITY_MAX = 100;
export const LABELS_MAX = 16;
/** A kernel that fails in each of ten runs fails. */
export const RERUN_MAX = 10;
export const LAB_FAILURES_MAX = 10_000;
/** A week: longer than that nobody waits for a machine. */
export const GRACE_S_MAX = 7 * 24 * 60 * 60;

/** Paths and arguments; Linux itself stops at this length for a path. */
export const TEXT_LENGTH_MAX = 4096;
/** x86 kernels cut their command line at 2048 bytes, and the runner adds words of its own. */
export const COMMAND_LINE_LENGTH_MAX = 1024;
