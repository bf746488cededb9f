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
}

/** Looks at all CPUs that are online. Takes some tens of milliseconds; never throws. */
export function examineHost({ root = '/', searchPath }: ExaminationPlace): HostExamination {
  const kernelLog = new KernelLog(join(root, 'dev/kmsg'));
  const source = fileSource(root, () => kernelLog.readNew());
  const look = { source, workload: {}, constants: new Map<string, string>() };
  const cpus = cpusIn(factOf(openHostView({ ...look, cpus: [] }), `${CPU}/online`));
  const view = openHostView({ ...look, cpus });
  const topics = TOPICS.map((topic) => {
    const facts = topic.read(view);
    return { topic: topic.name, ...topic.advise(facts, view), facts };
  });
  kernelLog.close();
  return { topics, tools: findTools({ root, searchPath }) };
}
