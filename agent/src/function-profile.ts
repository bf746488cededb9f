// SPDX-License-Identifier: Apache-2.0
/** Reads what an attribution trial counted of the kernel's functions. It judges nothing. */
import type { FunctionProfile } from '@labsweep/proto';
import type { Facts } from './io/host-tree.js';

export interface ProfileReading {
  readonly profile: readonly FunctionProfile[];
  /** `attribution`, and what else must be known of the counts. */
  readonly facts: Facts;
}

const ABSENT = 'absent=1';
const COUNTS = /^hits=(\d+) time_us=(\d+(?:\.\d+)?) method=(\S+)$/;

/**
 * From lines such as `profile function=NAME hits=N time_us=F method=function-graph`. A kernel that
 * cannot trace gives an empty profile, and a fact that says why.
 */
export function readFunctionProfile(lines: readonly string[]): ProfileReading {
  const profile: FunctionProfile[] = [];
  const absent: string[] = [];
  const unreadable: string[] = [];
  const facts: Record<string, string> = { attribution: 'available' };
  for (const line of lines) {
    const reason = /^profile unavailable=(.*)$/.exec(line)?.[1];
    if (reason !== undefined) facts.attribution = `unavailable: ${reason}`;
    const lost = /^profile lost_events=(\d+)$/.exec(line)?.[1];
    if (lost !== undefined) facts.attribution_lost_events = lost;
    const [, name, rest = ''] = /^profile function=(\S+) (.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const counted = countsOf(rest);
    if (counted !== undefined) profile.push({ name, ...counted });
    else (rest === ABSENT ? absent : unreadable).push(name);
  }
  if (absent.length > 0) facts.attribution_absent_functions = absent.join(',');
  if (unreadable.length > 0) facts.attribution_unreadable_functions = unreadable.join(',');
  return { profile, facts };
}

/** A console that loses bytes leaves lines with half a number. */
function countsOf(text: string): Omit<FunctionProfile, 'name'> | undefined {
  const [, hitsText, timeText, method] = COUNTS.exec(text) ?? [];
  const [hits, timeUs] = [Number(hitsText), Number(timeText)];
  if (method === undefined || !Number.isSafeInteger(hits) || !Number.isFinite(timeUs)) return;
  return { hits, timeUs, method };
}
