// SPDX-License-Identifier: Apache-2.0
/** Words what holds a sweep up: a pause, a trouble of the lab, hosts and kernels set aside. */
import type { Progress } from '@labsweep/proto';

/** One line for each; empty when nothing does. */
export function heldTexts({ summary, troubles, setAside }: Progress): readonly string[] {
  const { sweep, state } = summary;
  const pause = state === 'paused' ? [`paused; labsweep resume ${sweep} goes on`] : [];
  return [...pause, ...troubles.map((text) => `trouble: ${text}`), ...setAside];
}
