// SPDX-License-Identifier: Apache-2.0
/** The host facts of a trial as they are stored with its outcome. Pure. */
import { ABSENT, type Facts } from '../io/host-tree.js';
import type { HygieneRecord } from './hygiene.js';

/**
 * `host_<name>` at the start, and `host_<name>_end` for what was not the same at the end: a fact
 * without an end did not change. Guests report facts of the same names, hence the prefix.
 */
export function factsOfRecord({ mode, before, after }: HygieneRecord): Facts {
  const start = Object.entries(before).map(([name, value]) => [`host_${name}`, value]);
  const end = Object.entries(after)
    .filter(([name, value]) => value !== (before[name] ?? ABSENT))
    .map(([name, value]) => [`host_${name}_end`, value]);
  return { hygiene_mode: mode, ...Object.fromEntries([...start, ...end]) };
}
