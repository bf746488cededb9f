// SPDX-License-Identifier: Apache-2.0
/**
 * What travels over JetStream: the entries whose fold is the state of every sweep. They are JSON,
 * so that a bundle of them can be read in ten years without this program; this file is their only
 * parser.
 */
import { z } from 'zod';
import type { HostCommand, SweepCommand } from './commands.js';
import {
  type BlockId,
  ENVIRONMENTS,
  FAILURE_CLASSES,
  type HostId,
  type KernelName,
  type Outcome,
  type RowId,
  type Sha256,
  type SweepId,
  type TrialId,
} from './domain.js';
import { formatLogEntry } from './entry-text.js';
import { messageOf } from './errors.js';
import { type FoldEntry, outcomeHead, wholeEntry } from './outcome-head.js';
import type { KernelConfig, ResolvedKernel, ResolvedWorkload } from './resolved.js';
import { HYGIENE_MODES, PERMISSIONS, PURPOSES } from './trial-settings.js';

const brand = <Name extends string>() =>
  z
    .string()
    .min(1)
    .transform((text) => text as Name);
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256);
const texts = z.record(z.string(), z.string());
const unixMs = z.number().int().nonnegative();

const sample = z.object({
  scenario: z.string(),
  line: z.enum(['round', 'result']),
  values: z.record(z.string(), z.number()),
  texts,
});

const hygiene = z.object({
  mode: z.enum(HYGIENE_MODES),
  before: texts,
  after: texts,
  warnings: z.array(z.string()),
  disturbances: z.array(z.string()),
});

const functionProfile = z.object({
  name: z.string(),
  hits: z.number().nonnegative(),
  timeUs: z.number().nonnegative(),
  method: z.string(),
});

const outcome: z.ZodType<Outcome> = z.object({
  status: z.enum(['measured', 'subject-failed', 'lab-failed']),
  failure: z.object({ class: z.enum(FAILURE_CLASSES), message: z.string() }).exactOptional(),
  samples: z.array(sample),
  facts: texts,
  consoleTail: z.string(),
  hygiene: hygiene.exactOptional(),
  state: texts.exactOptional(),
  profile: z.array(functionProfile).exactOptional(),
});

const count = z.number().int().nonnegative();

const config: z.ZodType<KernelConfig> = z.object({
  sha256,
  sizeBytes: count,
  differences: z
    .object({
      against: brand<KernelName>(),
      changedCount: count,
      addedCount: count,
      removedCount: count,
      options: z.array(z.string()),
    })
    .exactOptional(),
});

const kernel: z.ZodType<ResolvedKernel> = z.object({
  name: brand<KernelName>(),
  source: z.string(),
  image: z.object({ sha256, sizeBytes: count, release: z.string() }).exactOptional(),
  // Logs of earlier versions know none.
  config: config.exactOptional(),
});

const workload: z.ZodType<ResolvedWorkload> = z.object({
  sha256,
  sizeBytes: z.number().int().nonnegative(),
  sourceSha256: sha256.exactOptional(),
  compiler: z.string(),
  flags: z.array(z.string()),
  // Logs of earlier versions know no files.
  files: z.array(z.object({ name: z.string(), sha256 })).default([]),
});

/** A user handed in a spec; everything it names is resolved in it. */
const submitted = z.object({
  type: z.literal('submitted'),
  sweep: brand<SweepId>(),
  atMs: unixMs,
  by: z.string(),
  specPath: z.string(),
  specText: z.string(),
  seed: z.number().int().nonnegative(),
  kernels: z.array(kernel),
  workload,
});

/** A user ended a sweep early, in logs of earlier versions; today it is a command. */
const cancelled = z.object({
  type: z.literal('cancelled'),
  sweep: brand<SweepId>(),
  atMs: unixMs,
  by: z.string(),
});

/**
 * An agent process took its first lease of a sweep: the facts behind every trial of its session.
 */
const hostJoined = z.object({
  type: z.literal('host-joined'),
  sweep: brand<SweepId>(),
  atMs: unixMs,
  host: brand<HostId>(),
  hostName: z.string(),
  session: z.string(),
  facts: texts,
  supports: z.array(
    z.object({ environment: z.enum(ENVIRONMENTS), available: z.boolean(), reason: z.string() }),
  ),
  permissions: z.array(z.enum(PERMISSIONS)).default([]),
});

/** A trial ended. Idempotent by sweep, trial, host and attempt. */
const trialEnded = z.object({
  type: z.literal('trial-ended'),
  sweep: brand<SweepId>(),
  block: brand<BlockId>(),
  trial: brand<TrialId>(),
  kernel: brand<KernelName>(),
  /** From 1; together with the host it names one attempt of the block. */
  attempt: z.number().int().positive(),
  /** Of the lease under which it ran. Logs of earlier versions do not tell it. */
  epoch: z.number().int().nonnegative().exactOptional(),
  host: brand<HostId>(),
  hostName: z.string(),
  /** The agent process that ran it; two of them in one attempt mean that the block was resumed. */
  session: z.string(),
  environment: z.enum(ENVIRONMENTS),
  /** Logs of earlier versions hold timing trials only. */
  purpose: z.enum(PURPOSES).default('timing'),
  startedAtMs: unixMs,
  durationMs: z.number().nonnegative(),
  outcome,
  /** Artifacts kept as evidence. */
  evidence: z.object({
    console: sha256.exactOptional(),
    output: sha256.exactOptional(),
    /** The output itself, where it is so short that an artifact would cost more than it holds. */
    outputText: z.string().exactOptional(),
    /** The full dump of an audit trial, or the profile of an attribution trial. */
    dump: sha256.exactOptional(),
  }),
});

const sweepCommand: z.ZodType<SweepCommand> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('cancel') }),
  z.object({ kind: z.literal('rerun-failed') }),
  z.object({ kind: z.literal('rerun-row'), row: brand<RowId>() }),
  z.object({ kind: z.literal('add-repetitions'), count: z.number().int().positive() }),
  z.object({ kind: z.literal('add-kernel'), kernel }),
  z.object({
    kind: z.literal('stop-row'),
    row: brand<RowId>(),
    repetitions: z.number().int().positive(),
    plannedRepetitions: z.number().int().positive().exactOptional(),
  }),
]);

/** A user asked something of a sweep. Idempotent by its id. */
const commanded = z.object({
  type: z.literal('commanded'),
  sweep: brand<SweepId>(),
  id: z.string().min(1),
  atMs: unixMs,
  by: z.string(),
  command: sweepCommand,
});

const hostCommand: z.ZodType<HostCommand> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('drain'), host: brand<HostId>() }),
  z.object({ kind: z.literal('undrain'), host: brand<HostId>() }),
  z.object({
    kind: z.literal('quarantine'),
    host: brand<HostId>().exactOptional(),
    kernel: brand<KernelName>().exactOptional(),
    reason: z.string(),
  }),
  z.object({
    kind: z.literal('release'),
    host: brand<HostId>().exactOptional(),
    kernel: brand<KernelName>().exactOptional(),
  }),
]);

/** A user or the controller decided something about a host for all sweeps. Idempotent by its id. */
const hostCommanded = z.object({
  type: z.literal('host-commanded'),
  id: z.string().min(1),
  atMs: unixMs,
  /** The controller's own decisions say `labsweep`. */
  by: z.string(),
  command: hostCommand,
});

const logEntry = z.discriminatedUnion('type', [
  submitted,
  cancelled,
  commanded,
  hostJoined,
  hostCommanded,
  trialEnded,
]);

export type LogEntry = z.infer<typeof logEntry>;
export type Submitted = z.infer<typeof submitted>;
export type Cancelled = z.infer<typeof cancelled>;
export type Commanded = z.infer<typeof commanded>;
export type HostCommanded = z.infer<typeof hostCommanded>;
export type HostJoined = z.infer<typeof hostJoined>;
export type TrialEnded = z.infer<typeof trialEnded>;

/** Reads one message of the log. Throws an Error that names the field when it is not an entry. */
export function parseLogEntry(text: string): LogEntry {
  return wholeEntry(parseFoldEntry(text));
}

/** As `parseLogEntry`, as far as the fold needs the entry. */
export function parseFoldEntry(text: string): FoldEntry {
  return outcomeHead(text) ?? readLogEntry(JSON.parse(text));
}

/** The long way, which knows every kind of entry and what is wrong with one. */
export function readLogEntry(value: unknown): LogEntry {
  const result = logEntry.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`log entry is malformed at ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Why the entry could not be read back from the log; undefined for one that can. */
export function reasonUnreadable(entry: LogEntry): string | undefined {
  const text = formatLogEntry(entry);
  try {
    parseFoldEntry(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** What JetStream uses to store an entry once, however often it is published. */
export function messageIdOf(entry: FoldEntry): string {
  switch (entry.type) {
    case 'trial-ended':
      return outcomeId(entry);
    case 'host-joined':
      return `${entry.sweep}/host/${entry.host}/${entry.session}`;
    case 'commanded':
      return `${entry.sweep}/command/${entry.id}`;
    case 'host-commanded':
      return `lab/command/${entry.id}`;
    case 'submitted':
    case 'cancelled':
      return `${entry.sweep}/${entry.type}`;
  }
}

/** The message id of a trial's outcome, known before the trial has run. */
export function outcomeId(trial: Pick<TrialEnded, 'sweep' | 'trial' | 'attempt' | 'host'>): string {
  return `${trial.sweep}/${trial.trial}/a${trial.attempt}/${trial.host}`;
}
