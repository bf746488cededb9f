// SPDX-License-Identifier: Apache-2.0
/**
 * The one way in which a worker waits for a stage of its block: while the stage is within its own
 * limit it renews the lease, and beyond it it does not, so that a hung stage loses the block.
 */
import { formatSeconds } from './format-seconds.js';

export interface Stage {
  /** For people: `the trial scripted-smp1/r1/a`. */
  readonly name: string;
  /** Undefined for a stage that may wait for others without end. */
  readonly limitMs: number | undefined;
  /** True while it waits for something outside, as for room on a disk: that does not count. */
  isExcused?(): boolean;
}

export interface StageEvents {
  renew(): void;
  /** The stage has hung: called once. */
  overdue(trouble: string): void;
}

/** Awaits the work, and calls `renew` each `intervalMs` for as long as the stage may take. */
export async function awaitStage<Value>(
  work: Promise<Value>,
  stage: Stage,
  events: StageEvents & { readonly intervalMs: number },
): Promise<Value> {
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  work.then(end, end);
  let countedMs = 0;
  let told = false;
  for (;;) {
    const turnMs = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, events.intervalMs);
      // A stage that hangs must not keep a process that is done otherwise.
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (ended) wake();
    });
    if (ended) return work;
    if (stage.isExcused?.() !== true) countedMs += performance.now() - turnMs;
    if (stage.limitMs === undefined || countedMs <= stage.limitMs) events.renew();
    else if (!told) {
      told = true;
      events.overdue(
        `${stage.name} hangs: it has not ended within ${formatSeconds(stage.limitMs)}`,
      );
    }
  }
}
