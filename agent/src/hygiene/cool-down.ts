// SPDX-License-Identifier: Apache-2.0
/** Waits until the processor is about as cool as it was at the first trial. It only looks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { COOL_DOWN_LOOK_MS, COOL_DOWN_MILLICELSIUS, COOL_DOWN_MS_MAX } from './hygiene-limits.js';

export interface CoolDown {
  /** In thousandths of a degree, or undefined where there is no sensor. */
  temperature(): number | undefined;
  /** At the first trial of this agent. */
  readonly reference: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `COOL_DOWN_MS_MAX` but for tests. */
  readonly limitMs?: number;
}

/** Undefined when it is cool, else a warning. Rejects with the reason of the signal. */
export async function coolDown(options: CoolDown): Promise<string | undefined> {
  const { temperature, reference, signal, limitMs = COOL_DOWN_MS_MAX } = options;
  if (reference === undefined) return undefined;
  const isWarm = () => (temperature() ?? 0) > reference + COOL_DOWN_MILLICELSIUS;
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += COOL_DOWN_LOOK_MS) {
    if (!isWarm()) return undefined;
    await sleep(COOL_DOWN_LOOK_MS, undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
  if (!isWarm()) return undefined;
  return (
    `thermal: still ${degrees(temperature())} C after ${limitMs / 1000} s of waiting, ` +
    `${degrees(reference)} C at the first trial`
  );
}

const degrees = (millicelsius = 0) => (millicelsius / 1000).toFixed(0);
