// SPDX-License-Identifier: Apache-2.0
/** Watches a sweep to its end: shows what happens and keeps the evidence as it comes in. */
import type { SweepRecord } from '@labsweep/analysis';
import { LabsweepError, type LogEntry, type SweepId } from '@labsweep/proto';
import { kernelsOf } from './evidence-files.js';
import type { Display } from './progress/display.js';
import type { SweepLog } from './record/sweep-log.js';
import type { SweepClient } from './sweep-client.js';
import { SweepFollower } from './sweep-follower.js';
import { writeConfigs, writeEvidence } from './write-results.js';

export interface FollowOptions {
  readonly client: SweepClient;
  readonly sweep: SweepId;
  /** Where evidence goes; none is fetched without it. */
  readonly folder: string | undefined;
  readonly display: Display;
  readonly signal: AbortSignal;
  /** End when every row that is left waits for a host: for a lab that no other host will join. */
  readonly endWhenStuck: boolean;
}

export interface FollowEnd {
  /** Undefined when not even the submission was seen. */
  readonly record: SweepRecord | undefined;
  /** What the record is made from; undefined as long as it is. */
  readonly log: SweepLog | undefined;
  readonly complete: boolean;
  /** Why the sweep was not followed to its end. */
  readonly broken?: Error;
}

/** Never throws for what happens to the sweep: whatever was seen until then is in the record. */
export async function followSweep(options: FollowOptions): Promise<FollowEnd> {
  const { client, sweep, display, signal, endWhenStuck } = options;
  const follower = new SweepFollower();
  const evidence: Promise<void>[] = [];
  let live = false;
  try {
    for await (const event of client.watch(sweep, signal)) {
      const outcome = follower.take(event);
      if (event.kind === 'entry') evidence.push(keepConfigs(options, event.entry));
      const record = follower.record('running');
      if (outcome !== undefined) {
        // Before the first progress comes the past, which is no news.
        if (live) display.outcome(outcome, record);
        evidence.push(keepEvidence(options, outcome));
      }
      if (event.kind === 'progress') {
        if (!live && record !== undefined) display.begin(record);
        live = true;
        display.progress(event.progress, record);
      }
      if (endWhenStuck && follower.stuck) break;
    }
    await Promise.all(evidence);
    const state = follower.progress?.summary.state ?? 'interrupted';
    // A sweep of which the rest waits is still running for its controller, and for nobody else.
    const isOpen = state === 'running' || state === 'paused';
    return endOf(follower, isOpen ? 'interrupted' : state);
  } catch (error) {
    if (!(error instanceof LabsweepError) && !signal.aborted) throw error;
    await Promise.all(evidence);
    const broken = signal.aborted ? undefined : (error as LabsweepError);
    return { ...endOf(follower, 'interrupted'), ...(broken === undefined ? {} : { broken }) };
  }
}

function endOf(follower: SweepFollower, state: SweepRecord['state']): FollowEnd {
  const { complete } = follower;
  return { record: follower.record(state), log: follower.log(state), complete };
}

async function keepConfigs(
  { folder, client, display, signal }: FollowOptions,
  entry: LogEntry,
): Promise<void> {
  const kernels = kernelsOf(entry);
  if (folder === undefined || kernels.length === 0) return;
  const warning = await writeConfigs(folder, kernels, (sha256) => client.getArtifact(sha256));
  if (warning !== undefined && !signal.aborted) display.line(warning);
}

async function keepEvidence(
  { folder, client, display, signal }: FollowOptions,
  entry: Parameters<typeof writeEvidence>[1],
): Promise<void> {
  if (folder === undefined) return;
  const warning = await writeEvidence(folder, entry, (sha256) => client.getArtifact(sha256));
  if (warning !== undefined && !signal.aborted) display.line(warning);
}
