// SPDX-License-Identifier: Apache-2.0
/**
 * Watches over how a worker waits for the stages of its block, and is the only place from which a
 * lease is renewed: while a stage is within its own limit the lease is renewed, beyond it it is
 * not, so that a hung stage loses the block. A few clocks serve all stages of a block, because
 * those of short trials would be most of what a trial costs.
 */
import { formatSeconds } from './format-seconds.js';

export interface Stage {
  /** For people: `'trial' of scripted-smp1/r1/a`. */
  name(): string;
  /** Undefined for a stage that may wait for others without end. */
  readonly limitMs: number | undefined;
  /** True while it waits for something outside, as for room on a disk: that does not count. */
  isExcused?(): boolean;
}

export interface BlockEvents {
  renew(): void;
  /** The stage has hung: called once for each. */
  overdue(trouble: string): void;
  /** A stage that had hung is over all the same. */
  over(): void;
  /** A trial was announced that long ago; it may have ended since. */
  announce(): void;
}

/**
 * A trial that has ended before anybody could have read of it is not announced: people look at what
 * runs a few times a second, and such announcements would be most of what an agent says.
 */
export const ANNOUNCE_DELAY_MS = 500;

export class BlockWatch {
  private readonly ticker: NodeJS.Timeout;
  private announcer: NodeJS.Timeout | undefined;
  private stage: Stage | undefined;
  /** Since when the time of the stage is not counted yet. */
  private sinceMs = 0;
  private countedMs = 0;
  private told = false;

  /** Renews each `intervalMs`; `renewedAtMs` is when it was done last. */
  constructor(
    private readonly intervalMs: number,
    private renewedAtMs: number,
    private readonly events: BlockEvents,
  ) {
    // A stage that hangs must not keep a process that is done otherwise.
    this.ticker = setInterval(() => this.tick(), intervalMs).unref();
  }

  /** Awaits the work of a stage; one at a time. */
  async during<Value>(stage: Stage, work: Promise<Value>): Promise<Value> {
    this.stage = stage;
    this.sinceMs = performance.now();
    this.countedMs = 0;
    this.told = false;
    // Stages may be short, so the last renewal is what counts and not the stage's begin.
    if (this.sinceMs - this.renewedAtMs >= this.intervalMs) this.renew();
    try {
      return await work;
    } finally {
      this.stage = undefined;
      if (this.told) this.events.over();
    }
  }

  /** A trial begins; the clock of the one before is taken over. */
  announceSoon(): void {
    if (this.announcer !== undefined) {
      this.announcer.refresh();
      return;
    }
    const { announce } = this.events;
    this.announcer = setTimeout(announce, ANNOUNCE_DELAY_MS).unref();
  }

  close(): void {
    clearInterval(this.ticker);
    clearTimeout(this.announcer);
  }

  private tick(): void {
    const { stage } = this;
    if (stage === undefined) return;
    const nowMs = performance.now();
    if (stage.isExcused?.() !== true) this.countedMs += nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    if (stage.limitMs === undefined || this.countedMs <= stage.limitMs) {
      // The stage's begin may have done it just now.
      if (nowMs - this.renewedAtMs >= this.intervalMs / 2) this.renew();
    } else if (!this.told) {
      this.told = true;
      const limit = formatSeconds(stage.limitMs);
      this.events.overdue(`${stage.name()} hangs: it has not ended within ${limit}`);
    }
  }

  private renew(): void {
    this.renewedAtMs = performance.now();
    this.events.renew();
  }
}
