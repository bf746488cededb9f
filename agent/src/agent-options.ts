// SPDX-License-Identifier: Apache-2.0
/** What an agent is told at its start, by its command line or by whoever hosts many of them. */
import type {
  Address,
  AgentMessage,
  Broker,
  ControllerMessage,
  HostDescription,
  Note,
} from '@labsweep/proto';
import type { AgentRecord } from './agent-record.js';
import type { OutcomeSpool, SpoolLimits } from './spool.js';

export interface AgentOptions {
  /** The first that answers and reigns is the one; the others stand by. */
  readonly controllers: readonly Address[];
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
  readonly runners: readonly string[];
  /** The static init that guests boot into. */
  readonly initPath: string;
  /** Our own programs for the host. */
  readonly toolsDirectory: string;
  /** Keeps what must be put back on this machine; default: one place for all agents of it. */
  readonly journalDirectory: string | undefined;
  readonly name: string | undefined;
  readonly hostId: string | undefined;
  /** What the operator of this host lets the agent change, as given on the command line. */
  readonly may: readonly string[];
  /** What rows may ask for, as `key=value`. */
  readonly labels: readonly string[];
  readonly spoolLimits?: SpoolLimits;
  readonly session: string;
  /** In place of what the machine says of itself, for many scripted agents in one process. */
  readonly describe?: () => HostDescription;
  /** In place of a spool in the state directory. */
  readonly openSpool?: () => Promise<OutcomeSpool>;
  /** In place of a record in the state directory. */
  readonly record?: AgentRecord;
  /** In place of a connection of its own. */
  readonly connect?: (url: string) => Promise<Broker>;
  /** Sees every message to and from the controller, for benchmarks. */
  readonly observe?: AgentObserver;
  readonly signal: AbortSignal;
  readonly note: Note;
}

export interface AgentObserver {
  sent(message: AgentMessage): void;
  received(message: ControllerMessage): void;
}
