// SPDX-License-Identifier: Apache-2.0
/** Reads what an attribution trial counted of the kernel's functions. It judges nothing. */
import type { FunctionProfile } from '@labsweep/proto';
import type { Facts } from './io/host-tree.js';

export interface ProfileReading {
  readonly profile: readonly FunctionProfile[];
  /** `attribution`, and what else must be known of the counts. */
  readonly facts: Facts;
}

/**
 * From lines such as `profile function=NAME hits=N time_us=F method=function-graph`. A kernel that
 * cannot trace gives an empty profile, and a fact that says why.
 */
export function readFunctionProfile(lines: readonly string[]): ProfileReading {
  const profile: FunctionProfile[] = [];
  const absent: string[] = [];
  const facts: Record<string, string> = { attribution: 'available' };
  for (const line of lines) {
    const reason = /^profile unavailable=(.*)$/.exec(line)?.[1];
    if (reason !== undefined) facts.attribution = `unavailable: ${reason}`;
    const lost = /^profile lost_events=(\d+)$/.exec(line)?.[1];
    if (lost !== undefined) facts.attribution_lost_events = lost;
    const [, name, rest = ''] = /^profile function=(\S+) (.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const counted = /^hits=(\d+) time_us=([\d.]+) method=(\S+)$/.exec(rest);
    if (counted === null) absent.push(name);
    else {
      const [, hits, timeUs, method = ''] = counted;
      profile.push({ name, hits: Number(hits), timeUs: Number(timeUs), method });
    }
  }
  if (absent.length > 0) facts.attribution_absent_functions = absent.join(',');
  return { profile, facts };
}
