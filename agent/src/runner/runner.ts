// SPDX-License-Identifier: Apache-2.0
/**
 * The one interface behind which every way of running a trial hides, and what goes in and out of
 * it.
 */
import type {
  Environment,
  GuestSettings,
  HygieneMode,
  HygienePreparation,
  KernelName,
  Lease,
  NativeSettings,
  Outcome,
  Purpose,
  Shape,
  Support,
  TrialId,
} from '@labsweep/proto';

export type RunnerKind = 'native' | 'qemu' | 'scripted';

/** One trial to run, with every artifact already on this host. */
export interface TrialOrder {
  readonly trial: TrialId;
  readonly kernel: KernelName;
  /** Undefined stands for the kernel that this host is running. */
  readonly kernelImage?: { readonly path: string; readonly release: string };
  readonly environment: Environment;
  readonly purpose: Purpose;
  readonly shape: Shape;
  /** Added to the guest's kernel command line. */
  readonly commandLine: string;
  /** Longest the trial may take, boot included. */
  readonly deadlineMs: number;
  readonly hygiene: HygieneMode;
  readonly preparations: readonly HygienePreparation[];
  readonly guest: GuestSettings;
  readonly native: NativeSettings;
  /** Kernel functions to profile; empty unless the purpose is `attribution`. */
  readonly functions: readonly string[];
  /** As leased, with the binary and its files as local files in place of their hashes. */
  readonly workload: Omit<Lease['workload'], 'sha256' | 'files'> & {
    readonly binaryPath: string;
    readonly files: readonly { readonly name: string; readonly path: string }[];
  };
}

export interface RunResult {
  readonly outcome: Outcome;
  /** Where the trial really ran. */
  readonly environment: Environment;
  /** Evidence: the whole serial log of a guest. */
  readonly console?: Uint8Array;
  /** Evidence: all that came over the result channel, or all that the reproducer printed. */
  readonly output?: Uint8Array;
  /** Evidence: the full dump of an audit trial, or the profile of an attribution trial. */
  readonly dump?: Uint8Array;
}

export interface Runner {
  readonly kind: RunnerKind;
  /** What its trial waits for before it begins, for people; absent or empty when it does not. */
  readonly waiting?: string;
  /** What can run on this host, or why it cannot. A guest is booted to know about KVM. */
  probe(): Promise<readonly Support[]>;
  /**
   * Runs one trial to its end. Resolves for every end of the thing under test, since a failure has
   * the shape of a success. Rejects with the signal's reason when the signal fires: then the trial
   * simply did not happen, and no process or file of it is left. So it does with HostUnreadyError
   * when the host does not come to be as the order demands. Throws for programmer mistakes.
   */
  run(order: TrialOrder, signal: AbortSignal): Promise<RunResult>;
  /** No process, VM or file is left once it settles. No run may be under way or follow. */
  close(): Promise<void>;
}

/** A runner that knows beforehand which CPUs a trial will use. */
export interface PlacedRunner extends Runner {
  /** In ascending order; empty when the trial cannot be placed, as `run` will then say. */
  cpusFor(order: TrialOrder): Promise<readonly number[]>;
}

const KINDS: Readonly<Record<Environment, RunnerKind>> = {
  native: 'native',
  'qemu-kvm': 'qemu',
  'qemu-tcg': 'qemu',
  scripted: 'scripted',
};

/** Which runner serves an environment. */
export function runnerKindOf(environment: Environment): RunnerKind {
  return KINDS[environment];
}
