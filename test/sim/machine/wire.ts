// SPDX-License-Identifier: Apache-2.0
/**
 * Streams between processes as gRPC over TCP gives them: in order while they last, late at times,
 * and broken in the middle, when what was under way is lost and the two ends learn of it at
 * different times. Nothing is repeated and nothing overtakes inside one stream; the messages of an
 * old stream may well arrive after those of a new one.
 */
import type { Machine, Process, World } from './world.js';

const LATENCY_MS_MAX = 40;
/** Now and then a packet is lost and sent again. */
const SLOW_CHANCE = 0.02;
const SLOW_MS_MAX = 2_500;
/** The end of a process closes its sockets, which the other side soon sees. */
const RESET_MS_MAX = 200;
/** A peer that vanished without a word is noticed by keepalive: after 10 s and 20 s more. */
const VANISHED_MS_MIN = 5_000;
const VANISHED_MS_MAX = 30_000;

export interface StreamEnd {
  send(message: unknown): void;
  /** Ends the stream from this side. */
  close(): void;
}

export interface StreamEvents {
  message(message: unknown): void;
  /** Once, when this side learns that the stream is over. */
  ended(): void;
}

/** What a process that listens does with a stream that somebody opens to it. */
export type Accept = (end: StreamEnd) => StreamEvents;

interface Side {
  readonly process: Process;
  events: StreamEvents | undefined;
  /** Has been told that the stream is over, or has ended it itself. */
  over: boolean;
  /** Nothing that was sent later arrives earlier. */
  lastArrivalMs: number;
}

interface Stream {
  readonly sides: readonly [Side, Side];
  /** What was under way is lost, and so is all that is sent from now on. */
  broken: boolean;
}

export class Wire {
  private readonly listeners = new Map<string, { process: Process; accept: Accept }>();
  private streams: Stream[] = [];
  private readonly cutOffUntilMs = new Map<Machine, number>();

  constructor(private readonly world: World) {}

  listen(address: string, process: Process, accept: Accept): void {
    this.listeners.set(address, { process, accept });
  }

  stopListening(address: string): void {
    this.listeners.delete(address);
  }

  /**
   * Opens a stream from the current process. Whoever nobody answers is told so by `ended`.
   */
  dial(address: string, from: Process, events: StreamEvents): StreamEnd {
    const near: Side = { process: from, events, over: false, lastArrivalMs: 0 };
    const listener = this.listeners.get(address);
    const isReachable = listener?.process.alive && !this.isCut(from, listener.process);
    if (listener === undefined || !isReachable) {
      this.world.after(this.latency(), () => this.tell(near), from);
      return { send: () => {}, close: () => this.tell(near) };
    }
    const far: Side = {
      process: listener.process,
      events: undefined,
      over: false,
      lastArrivalMs: 0,
    };
    const stream: Stream = { sides: [near, far], broken: false };
    this.streams = this.streams.filter(({ sides }) => sides.some((side) => !side.over));
    this.streams.push(stream);
    this.deliver(stream, far, () => {
      far.events = listener.accept(this.endOf(stream, far, near));
    });
    return this.endOf(stream, near, far);
  }

  /** True while a machine cannot be reached from another one. */
  isCut(a: Process, b: Process): boolean {
    if (a.machine === b.machine) return false;
    return [a, b].some(({ machine }) => (this.cutOffUntilMs.get(machine) ?? 0) > this.world.nowMs);
  }

  /** The network to a machine is gone for so long; its streams do not survive it. */
  cutOff(machine: Machine, durationMs: number): void {
    this.cutOffUntilMs.set(machine, this.world.nowMs + durationMs);
    this.breakWhere((side, other) => {
      return side.process.machine === machine && other.process.machine !== machine;
    });
  }

  /** Heals every cut. */
  heal(): void {
    this.cutOffUntilMs.clear();
  }

  /** Breaks the streams that end in a process; both sides learn of it after a while. */
  breakStreams(process: Process): void {
    this.breakWhere((side) => side.process === process);
  }

  /** The sockets of a process that ended close; those of a machine without power do not. */
  processEnded(process: Process, isWordless: boolean): void {
    for (const stream of this.streams) {
      const other = stream.sides.find((side) => side.process !== process);
      if (other === undefined || !stream.sides.some((side) => side.process === process)) continue;
      if (stream.broken) continue;
      stream.broken = true;
      const delayMs = isWordless ? this.vanished() : this.world.between('wire', 1, RESET_MS_MAX);
      this.world.after(delayMs, () => this.tell(other), other.process);
    }
  }

  private breakWhere(isHit: (side: Side, other: Side) => boolean): void {
    for (const stream of this.streams) {
      const [a, b] = stream.sides;
      if (stream.broken || !(isHit(a, b) || isHit(b, a))) continue;
      stream.broken = true;
      for (const side of stream.sides) {
        this.world.after(this.vanished(), () => this.tell(side), side.process);
      }
    }
  }

  private endOf(stream: Stream, near: Side, far: Side): StreamEnd {
    return {
      send: (message) => {
        if (near.over) return;
        this.deliver(stream, far, () => far.events?.message(message));
      },
      close: () => {
        if (near.over) return;
        near.over = true;
        this.deliver(stream, far, () => this.tell(far));
        // Who ends a stream hears of its end like the other side.
        this.world.after(0, () => near.events?.ended(), near.process);
      },
    };
  }

  private deliver(stream: Stream, to: Side, run: () => void): void {
    if (stream.broken) {
      this.world.count('stream: message lost');
      return;
    }
    const arrivalMs = Math.max(to.lastArrivalMs, this.world.nowMs + this.latency());
    to.lastArrivalMs = arrivalMs;
    const arrive = () => {
      if (!stream.broken && !to.over) run();
      else this.world.count('stream: message lost under way');
    };
    this.world.after(arrivalMs - this.world.nowMs, arrive, to.process);
  }

  private tell(side: Side): void {
    if (side.over) return;
    side.over = true;
    side.events?.ended();
  }

  private latency(): number {
    const slow = this.world.chance('wire', SLOW_CHANCE);
    if (slow) this.world.count('stream: packet lost and sent again');
    return this.world.between('wire', 0, slow ? SLOW_MS_MAX : LATENCY_MS_MAX);
  }

  private vanished(): number {
    return this.world.between('wire', VANISHED_MS_MIN, VANISHED_MS_MAX);
  }
}
