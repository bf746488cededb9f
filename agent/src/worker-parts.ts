// SPDX-License-Identifier: Apache-2.0
/** What a worker needs of the outside. */
import type {
  AgentMessage,
  Clock,
  Environment,
  HostDescription,
  Lease,
  Note,
  Sha256,
} from '@labsweep/proto';
import type { Publisher } from './publisher.js';
import type { Runner } from './runner/runner.js';
import type { OutcomeSpool } from './spool.js';

export interface WorkerParts {
  readonly host: HostDescription;
  /** Names this agent process, as the newest hello said. */
  session(): string;
  readonly clock: Clock;
  readonly spool: OutcomeSpool;
  readonly publisher: Publisher;
  readonly note: Note;
  runnerFor(environment: Environment): Runner | undefined;
  /** What `fetch` would give, where that needs no wait; absent where nothing is known. */
  knownPath?(sha256: Sha256): string | undefined;
  /** A local file with these bytes. Throws LabsweepError when they cannot be had. */
  fetch(sha256: Sha256, signal: AbortSignal): Promise<string>;
  send(message: AgentMessage): void;
  /** Keeps the lease beyond the life of the process; undefined for none. */
  keep?(lease: Lease | undefined): void;
  /**
   * Looks again at what this host can run. True when it is not what the controller was told; then
   * the next hello tells it.
   */
  supportsChanged(): Promise<boolean>;
  /** Says hello again. */
  reattach(): void;
  /** Fires when the agent is to stop. */
  readonly signal: AbortSignal;
}
