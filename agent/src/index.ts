// SPDX-License-Identifier: Apache-2.0
/** The door of this package: where its program is, for those who start it as a process. */
import { fileURLToPath } from 'node:url';

/** The script that `node` runs to be an agent. */
export const AGENT_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/**
 * Options of `node` for it. An idle V8 collects its garbage some seconds later, once, which takes
 * 25 ms of a core in the middle of a trial.
 */
export const AGENT_NODE_OPTIONS: readonly string[] = ['--no-memory-reducer'];

export type { AgentObserver, AgentOptions } from './agent-options.js';
export { type AgentRecord, forgetfulRecord, StoredRecord } from './agent-record.js';
export { examineKvm } from './examine-kvm.js';
export {
  type ExaminationPlace,
  type ExaminedTopic,
  examineHost,
  type HostExamination,
} from './hygiene/examine-host.js';
export type { Tool } from './hygiene/find-tools.js';
export { type MeasuringRunners, openMeasuringRunners } from './measuring-runners.js';
export { JournalSpool, OutcomeJournal } from './outcome-journal.js';
export { Publisher } from './publisher.js';
export { runAgent } from './run-agent.js';
export { runSwarm, type SwarmOptions } from './run-swarm.js';
export type { RunResult, TrialOrder } from './runner/runner.js';
export { createScriptedRunner } from './runner/scripted.js';
export { type OutcomeSpool, SPOOL_LIMITS, Spool, type SpoolLimits } from './spool.js';
export { jetstreamRequest } from './testing/jetstream-request.js';
export { natsAnswers } from './testing/nats-server.js';
export { Worker } from './worker.js';
