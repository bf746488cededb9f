// SPDX-License-Identifier: Apache-2.0
/**
 * The limits beyond which something on the host counts against a trial, each with its reason.
 * Shares are fractions of 1.
 */

/**
 * Foreign CPU time on the trial's own CPUs, as a share of what they could give. A median over many
 * rounds shrugs off a few stolen slices; a twentieth of the time is about the bias that a second
 * guest on the machine was seen to cause.
 */
export const FOREIGN_SHARE_WARN = 0.02;
export const FOREIGN_SHARE_MAX = 0.05;

/**
 * Below this much foreign time nothing is judged: /proc/stat counts in ticks of 10 ms, and in a
 * short trial a few of them are chance.
 */
export const FOREIGN_MS_MIN = 60;

/** Foreign time on the other CPUs, in CPUs: shared caches and turbo suffer, by about 2 %. */
export const OTHERS_BUSY_WARN = 0.5;

/** A busy sibling takes half of the core's units away, so even a tenth of the time shows. */
export const SIBLING_BUSY_SHARE_MAX = 0.1;

/**
 * Stall on memory anywhere on the machine: direct reclaim takes locks and bandwidth that memory
 * workloads need. A trial of ours does not reclaim unless the machine is short of memory.
 */
export const MEMORY_STALL_SHARE_MAX = 0.01;

/** Waiting for disks takes no CPU from the trial, so it is only worth a word, and late. */
export const IO_STALL_SHARE_WARN = 0.2;

/**
 * Tasks waiting for a CPU anywhere. Our own threads count in it too (QEMU's emulator threads beside
 * a busy vCPU), so that it never invalidates; foreign time does.
 */
export const CPU_STALL_SHARE_WARN = 0.25;

/**
 * Steal as a share of the trial's CPU time. On a box of one's own 0.1 % is already odd; in rented
 * machines a few per cent are daily weather, and refusing them would mean never measuring there.
 */
export const STEAL_SHARE_WARN = 0.001;
export const STEAL_SHARE_MAX = 0.05;

/** Of the expected frequency; what pyperf and krun take for unstable. */
export const FREQUENCY_SHARE_WARN = 0.02;

/**
 * Pages that a bound trial's machine takes from another node than wanted, in the whole trial: a
 * megabyte is what the daemons of a box may take astray at any time.
 */
export const NUMA_MISS_PAGES_MAX = 256;

/** Interrupts of devices per second and trial CPU; each costs microseconds and cache lines. */
export const INTERRUPTS_PER_SECOND_WARN = 1_000;

/** Other tasks that want a CPU when a trial starts; one of them is one too many. */
export const RUNNABLE_OTHERS_MAX = 0;
/** A task seen once may be a wake-up of a moment; one that is there at every look is load. */
export const RUNNABLE_LOOKS_MAX = 8;
export const RUNNABLE_LOOK_MS = 10;

/**
 * `enforce` lets the processor cool to within so much of its temperature at the first trial, as
 * krun does; a trial that is still waiting then starts warm, and says so.
 */
export const COOL_DOWN_MILLICELSIUS = 3_000;
export const COOL_DOWN_MS_MAX = 5 * 60_000;
export const COOL_DOWN_LOOK_MS = 500;

/**
 * After a disturbed trial, so long is waited for a second in which others leave the CPUs alone. A
 * build or a backup of a minute is waited out; a host that stays busy is told by its trials.
 */
export const QUIET_LOOK_MS = 1_000;
export const QUIET_MS_MAX = 60_000;

/**
 * `enforce` and `require` wait so long for a host that is not ready; then the block goes back, and
 * its row waits without keeping the host from other work.
 */
export const READY_LOOK_MS = 1_000;
export const READY_MS_MAX = 30_000;

/** Of lists of CPUs, only so many are read per CPU, so that a snapshot of a big box stays cheap. */
export const DETAILED_CPUS_MAX = 8;
/** Interrupts whose affinity is read; a server has some hundreds. */
export const INTERRUPT_FILES_MAX = 256;
/** Records taken from the kernel log at one go; its ring holds fewer. */
export const KERNEL_LOG_RECORDS_MAX = 50_000;
/** Characters of a fact; longer ones are cut. */
export const FACT_LENGTH_MAX = 1024;
/** Warnings about one topic in one trial, beyond which the rest is counted only. */
export const FINDINGS_PER_TOPIC_MAX = 6;
