// SPDX-License-Identifier: Apache-2.0
/** The state of this box for benchmarking, topic by topic. It changes nothing. */
import { join } from 'node:path';
import type { Facts } from '../io/host-tree.js';
import { findTools, type Tool } from './find-tools.js';
import { CPU, cpusIn, factOf, fileSource, openHostView } from './host-view.js';
import { KernelLog } from './kernel-log.js';
import type { Advice, TopicName } from './topic.js';
import { TOPICS } from './topics.js';

export interface ExaminedTopic extends Advice {
  readonly topic: TopicName;
  readonly facts: Facts;
}

export interface HostExamination {
  readonly topics: readonly ExaminedTopic[];
  readonly tools: readonly Tool[];
}

export interface ExaminationPlace {
  /** `/` but for tests. */
  readonly root?: string;
  /** Folders of programs, separated by colons. */
  readonly searchPath: string;
  /** What a guest that was booted under KVM has shown, where one was. */
  readonly kvm?: { readonly available: boolean; readonly reason: string };
}

/** Looks at all CPUs that are online. Takes some tens of milliseconds; never throws. */
export function examineHost(place: ExaminationPlace): HostExamination {
  const { root = '/', searchPath, kvm } = place;
  const kernelLog = new KernelLog(join(root, 'dev/kmsg'));
  const source = fileSource(root, () => kernelLog.readNew());
  const look = { source, workload: {}, constants: new Map<string, string>() };
  const cpus = cpusIn(factOf(openHostView({ ...look, cpus: [] }), `${CPU}/online`));
  const view = openHostView({ ...look, cpus });
  const topics = TOPICS.map((topic) => {
    const facts = topic.read(view);
    const advice = topic.advise(facts, view);
    const isKvms = topic.name === 'virtualization' && kvm !== undefined;
    return { topic: topic.name, ...(isKvms ? withKvm(advice, kvm) : advice), facts };
  });
  kernelLog.close();
  return { topics, tools: findTools({ root, searchPath }) };
}

/** A device that opens proves nothing, so it is the guest's word that stands here. */
function withKvm(advice: Advice, kvm: NonNullable<ExaminationPlace['kvm']>): Advice {
  const state = `${advice.state}; ${kvm.reason}`;
  if (kvm.available) return { ...advice, state };
  const why = 'guests are emulated here, and emulated times are no evidence';
  return { ...advice, verdict: 'note', state, why: [advice.why, why].filter(Boolean).join('; ') };
}
