// SPDX-License-Identifier: Apache-2.0
/**
 * Virtual time. Events happen one after the other at their times; between two of them everything
 * that promises have to say is said, so a run depends on its seed and on nothing else.
 */
import { type SeededRandom, seededRandom } from '@labsweep/proto';
import { EventQueue, type QueuedEvent } from './event-queue.js';
import type { VirtualDisk } from './virtual-disk.js';

/** The machine of a process: what its processes share, and what a crash of it takes along. */
export interface Machine {
  readonly name: string;
  /** What its wall clock is ahead of true time; it may jump. */
  clockOffsetMs: number;
  /** How often it has jumped forward. */
  forwardJumps: number;
  readonly disk: VirtualDisk;
}

/** One process: what it has started ends with it, and does not move while it is stopped. */
export interface Process {
  readonly name: string;
  readonly machine: Machine;
  alive: boolean;
  /** True time until which it does not move, as after SIGSTOP. */
  stoppedUntilMs: number;
}

const realImmediate = setImmediate;

export class World {
  /** True time since the start of the run; nobody inside can see it. */
  nowMs = 0;
  /** Whose code runs at this moment. */
  current: Process | undefined;
  /** Whose code ran in the step that has just ended. */
  lastOwner: Process | undefined;
  steps = 0;
  /** What has happened how often, by a name for people: proof that a fault does occur. */
  readonly counts = new Map<string, number>();
  private readonly queue = new EventQueue();
  private readonly streams = new Map<string, SeededRandom>();

  constructor(
    readonly seed: number,
    /** A night as they were before sweeps had a precision, a placement or a priority. */
    readonly isPlain = false,
  ) {}

  /** One stream of random numbers per purpose, so that one more draw here shifts nothing there. */
  random(purpose: string): SeededRandom {
    const known = this.streams.get(purpose);
    if (known !== undefined) return known;
    const fresh = seededRandom({ seed: this.seed, purpose });
    this.streams.set(purpose, fresh);
    return fresh;
  }

  /** A whole number from `min` to `max`. */
  between(purpose: string, min: number, max: number): number {
    return min + this.random(purpose).nextBelow(max - min + 1);
  }

  chance(purpose: string, probability: number): boolean {
    return this.random(purpose).nextUniform() < probability;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Lets a process do something later, unless it has ended by then. */
  after(
    delayMs: number,
    run: () => void,
    process: Process | undefined = this.current,
  ): QueuedEvent {
    return this.queue.push({ atMs: this.nowMs + Math.max(0, delayMs), run, owner: process });
  }

  /** Lets something happen to the processes, from outside of them. */
  outsideAfter(delayMs: number, run: () => void): QueuedEvent {
    return this.queue.push({ atMs: this.nowMs + Math.max(0, delayMs), run, owner: undefined });
  }

  /** Settles after that time; never when the process that waits has ended by then. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Runs code of a process at once, as part of the event under way. */
  as<Result>(process: Process | undefined, run: () => Result): Result {
    const before = this.current;
    this.current = process;
    try {
      return run();
    } finally {
      this.current = before;
    }
  }

  /** Runs until nothing is left, the limit is reached, or `isOver` says so after a step. */
  async run(options: { readonly untilMs: number; isOver(): boolean }): Promise<void> {
    for (;;) {
      const event = this.queue.pop();
      if (event === undefined) return;
      if (event.atMs > options.untilMs) return;
      const { owner } = event;
      if (event.cancelled || owner?.alive === false) continue;
      if (owner !== undefined && owner.stoppedUntilMs > event.atMs) {
        this.queue.requeue(event, owner.stoppedUntilMs);
        continue;
      }
      this.nowMs = event.atMs;
      this.current = owner;
      event.run();
      // By then every promise that can go on has gone on.
      await new Promise((resolve) => realImmediate(resolve));
      this.current = undefined;
      this.lastOwner = owner;
      this.steps += 1;
      if (options.isOver()) return;
    }
  }
}
