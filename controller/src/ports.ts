// SPDX-License-Identifier: Apache-2.0
/**
 * What the sweep loop needs of the outside; the shells in `io/` and the fakes in tests provide it.
 */
import type {
  Clock,
  ControllerMessage,
  HostId,
  KnownReign,
  LeaseId,
  LogEntry,
  SweepId,
  WatchEvent,
} from '@labsweep/proto';

/** One attached agent; messages to an agent that has gone are dropped. */
export interface AgentConnection {
  send(message: ControllerMessage): void;
  /** Ends the stream from this side; `reason` is told to an agent that is to dial again. */
  close(reason?: string): void;
}

/** One user who watches a sweep. */
export interface Watcher {
  send(event: WatchEvent): void;
  /** Settles when there is room for more. */
  drained(): Promise<void>;
  /** The sweep has ended and everything was sent. */
  end(): void;
  /** The past of the sweep cannot be read. */
  fail(reason: string): void;
}

export interface LoopPorts {
  readonly clock: Clock;
  /** Appends durably; an entry that cannot be stored is reported, never thrown into the loop. */
  append(entry: LogEntry): void;
  /** What the log has of the sweep up to `lastSequence`, in its order; an entry may come twice. */
  history(sweep: SweepId, lastSequence: number): AsyncIterable<LogEntry>;
  newLeaseId(): LeaseId;
  /**
   * False once the reign of this controller may have ended. It is asked before each batch of
   * grants and settlements, because a process may have been stopped for any time before it.
   */
  isReigning(): boolean;
  /** Of this reign, should it begin: no other has the same. */
  readonly reignName: string;
  /**
   * An agent has obeyed another reign of this term, or one of a later term: this one must end, and
   * all streams with it.
   */
  outranked(by: KnownReign): void;
  /** A host says up to which sequence the broker acknowledged its outcomes; 0 for none. */
  acknowledged(host: HostId, sequence: number): void;
  /** One line for the operator's log. */
  note(message: string, fields: { sweep?: SweepId; host?: HostId; lease?: LeaseId }): void;
  readonly natsUrl: string;
}
