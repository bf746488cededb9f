// SPDX-License-Identifier: Apache-2.0
/** The door of this package: the language that all programs share. */
export * from './address.js';
export * from './agent-messages.js';
export * from './agent-wire.js';
export { ArtifactStore, sha256Of } from './broker/artifact-store.js';
export {
  type BrokerFailure,
  brokerFailureOf,
  explainBrokerFailure,
} from './broker/broker-failure.js';
export { type Broker, connectBroker } from './broker/connect-broker.js';
export { type LogHead, type LogMessage, type LogPlace, OutcomeLog } from './broker/outcome-log.js';
export {
  type ProcessIdentity,
  type ReignEntry,
  type ReignRecord,
  ReignStore,
} from './broker/reign-store.js';
export * from './commands.js';
export * from './compressed-kernel.js';
export * from './design.js';
export * from './domain.js';
export * from './entry-lines.js';
export * from './entry-text.js';
export * from './errors.js';
export * from './failure-table.js';
export type {
  AgentServiceClient,
  AgentServiceHandlers,
} from './generated/labsweep/v1/AgentService.js';
export type {
  SweepServiceClient,
  SweepServiceHandlers,
} from './generated/labsweep/v1/SweepService.js';
export { inTime, inTimeOrNot, type WaitLimit } from './in-time.js';
export {
  isOutranked,
  type KnownReign,
  LEASES_PER_TERM,
  NO_REIGN,
  TERM_MAX,
} from './known-reign.js';
export * from './log-entry.js';
export { nearestName } from './nearest-name.js';
export {
  type FoldEntry,
  type FoldOutcome,
  type OutcomeHead,
  outcomeHead,
  wholeEntry,
} from './outcome-head.js';
export * from './ports.js';
export { LockedError, lockProcess, type ProcessLock } from './process-lock.js';
export { type Note, runProgram } from './program.js';
export * from './resolved.js';
export * from './scheduling.js';
export * from './schema.js';
export { type SeededRandom, seededRandom } from './seeded-random.js';
export * from './subjects.js';
export * from './sweep-messages.js';
export * from './sweep-wire.js';
export * from './trial-settings.js';
