// SPDX-License-Identifier: Apache-2.0
/** All topics at once: what they read, and what they say of a trial. Pure over the view. */
import type { Facts } from '../io/host-tree.js';
import type { HostView } from './host-view.js';
import { FINDINGS_PER_TOPIC_MAX } from './hygiene-limits.js';
import type { Change, Topic } from './topic.js';
import { TOPICS } from './topics.js';

/** Counters that go on while we read; they are taken first, so that the reading is not in them. */
const COUNTERS = ['proc/uptime', 'proc/stat', 'proc/self/stat'];

export function takeSnapshot(view: HostView): Facts {
  for (const path of COUNTERS) view.text(path);
  return Object.assign({}, ...TOPICS.map((topic) => topic.read(view)));
}

export interface Judgement {
  /** Not empty: the trial is host-disturbed. Each line starts with its topic. */
  readonly disturbances: readonly string[];
  readonly warnings: readonly string[];
}

export function judgeChange(change: Change): Judgement {
  const findings = TOPICS.flatMap((topic) => judgeTopic(topic, change));
  const linesOf = (kind: string) =>
    findings.filter((one) => one.kind === kind).map((one) => one.line);
  return { disturbances: linesOf('disturbs'), warnings: linesOf('warns') };
}

function judgeTopic(topic: Topic, change: Change) {
  const found = topic.judge?.(change) ?? [];
  return found
    .slice(0, FINDINGS_PER_TOPIC_MAX)
    .map(({ kind, text }) => ({ kind, line: `${topic.name}: ${text}` }));
}
