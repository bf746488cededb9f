// SPDX-License-Identifier: Apache-2.0
/**
 * What a submission has pinned down: kernels and workload by sha256. It holds no behaviour.
 */
import type { KernelName, Sha256 } from './domain.js';

/** A kernel pinned down at submission. A `host` kernel has an image only where the box has it. */
export interface ResolvedKernel {
  readonly name: KernelName;
  /** The source as the user wrote it, with what it resolved to where that says more. */
  readonly source: string;
  readonly image?: {
    readonly sha256: Sha256;
    readonly sizeBytes: number;
    /** What `uname -r` must say in the guest. */
    readonly release: string;
  };
  /** Absent where nothing tells with which configuration the kernel was built. */
  readonly config?: KernelConfig;
}

/** The configuration of a kernel: its text is an artifact, unpacked, as `/boot/config-*` has it. */
export interface KernelConfig {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Absent for the baseline, and where its configuration is the same or not known. */
  readonly differences?: ConfigDifferences;
}

/**
 * In what two configurations differ, as `scripts/diffconfig` of the kernel tells it. Not counted:
 * what names the release and the tools of the build, and options that one of them has switched off
 * and the other does not know.
 */
export interface ConfigDifferences {
  readonly against: KernelName;
  /** Options that both know, with another value. */
  readonly changedCount: number;
  /** Options that only this kernel has switched on. */
  readonly addedCount: number;
  /** Options that only `against` has switched on. */
  readonly removedCount: number;
  /** The first few by name, what changed before the rest: `NUMA y -> n`, `+SLUB_TINY y`. */
  readonly options: readonly string[];
}

/** The one binary that runs on every box. */
export interface ResolvedWorkload {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly sourceSha256?: Sha256;
  /** First line of the compiler's version, empty for a prebuilt binary. */
  readonly compiler: string;
  readonly flags: readonly string[];
  /** Files beside the program, in the order of the spec. */
  readonly files: readonly WorkloadFile[];
}

/** A file that the workload finds under its name in its working directory. */
export interface WorkloadFile {
  readonly name: string;
  readonly sha256: Sha256;
}
