// SPDX-License-Identifier: Apache-2.0
/**
 * What a topic of host hygiene is: something about this machine that can spoil a measurement. A
 * topic reads it, judges what changed during a trial, and says how to mend it. It changes nothing.
 */
import type { Facts } from '../io/host-tree.js';
import type { HostView } from './host-view.js';
import type { Setting } from './settings-journal.js';

export type TopicName =
  | 'governor'
  | 'turbo'
  | 'frequency'
  | 'idle-states'
  | 'smt'
  | 'core-class'
  | 'online-cpus'
  | 'isolation'
  | 'interrupts'
  | 'load'
  | 'steal'
  | 'thermal'
  | 'power-supply'
  | 'huge-pages'
  | 'numa'
  | 'memory'
  | 'proactive-reclaim'
  | 'aslr'
  | 'mitigations'
  | 'firmware'
  | 'clock'
  | 'watchdog'
  | 'kernel'
  | 'kernel-log'
  | 'virtualization'
  | 'workload';

/** What is known of one trial, for the judges. */
export interface Change {
  readonly before: Facts;
  readonly after: Facts;
  /** The CPUs that the trial was given. */
  readonly cpus: readonly number[];
  /** CPU time of the trial's own processes; from /proc/self/stat where the runner does not say. */
  readonly ownCpuMs?: number;
  /** True when its memory may come from one node alone. */
  readonly isMemoryBound?: boolean;
}

export interface Finding {
  /** `disturbs`: the trial is host-disturbed and is run again. `warns`: shown with the result. */
  readonly kind: 'disturbs' | 'warns';
  /** What happened, with its numbers. */
  readonly text: string;
}

/** A setting that a measurement wants, beside what it is now. */
export interface Wanted extends Setting {
  readonly current: string;
}

export interface Advice {
  /** `mend`: a command would make this box better. `note`: worth knowing, nothing to be done. */
  readonly verdict: 'ok' | 'mend' | 'note';
  /** What is so, in a few words. */
  readonly state: string;
  /** Why it matters; absent where all is well. */
  readonly why?: string;
  /** The exact shell command, or `reboot with ...`. Given with `mend`. */
  readonly command?: string;
}

/** Every function is pure: what it knows of the machine comes through its arguments. */
export interface Topic {
  readonly name: TopicName;
  /** Flat facts; what the machine does not have reads `absent`. Never throws. */
  read(view: HostView): Facts;
  /** What invalidates the trial, or makes it doubtful. */
  judge?(change: Change): readonly Finding[];
  /** What `enforce` sets and `require` demands. Settings that are absent here are left out. */
  desired?(view: HostView): readonly Wanted[];
  /** What `require` demands beyond settings: each line says what is not so and what mends it. */
  demands?(state: Facts): readonly string[];
  advise(state: Facts, view: HostView): Advice;
}
