// SPDX-License-Identifier: Apache-2.0
/** How long a publisher rests after a broker did not take an outcome. */
import { brokerFailureOf } from '@labsweep/proto';

/** Between two tries while the broker is away: the first delay is doubled up to the last. */
const RETRY_DELAY_MIN_MS = 500;
const RETRY_DELAY_MAX_MS = 10_000;
/**
 * A stream that is made anew begins with what the controller knows of the sweeps: outcomes in front
 * of that belong to no sweep. So the next welcome tells us to publish, and this is for the rest.
 */
const NO_STREAM_DELAY_MS = 60_000;

/** `failures` counts those in a row, from 1. */
export function publishRestMs(error: unknown, failures: number): number {
  if (brokerFailureOf(error) === 'no-stream') return NO_STREAM_DELAY_MS;
  return Math.min(RETRY_DELAY_MIN_MS * 2 ** Math.min(failures - 1, 16), RETRY_DELAY_MAX_MS);
}
