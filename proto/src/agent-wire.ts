// SPDX-License-Identifier: Apache-2.0
/**
 * Agent and controller messages <-> the domain, validated. It is the only file that knows both
 * shapes of them; each reader throws an Error that names the field when a message is malformed.
 */
import { z } from 'zod';
import { type AgentMessage, BLOCK_ENDS, type ControllerMessage } from './agent-messages.js';
import type { BlockId, HostId, LeaseId, SweepId, TrialId } from './domain.js';
import { ENVIRONMENTS } from './domain.js';
import type { AgentMessage as AgentMessageWire } from './generated/labsweep/v1/AgentMessage.js';
import type { ControllerMessage as ControllerMessageWire } from './generated/labsweep/v1/ControllerMessage.js';
import { TERM_MAX } from './known-reign.js';
import { leaseSchema, writeLease } from './lease-wire.js';
import { PERMISSIONS } from './trial-settings.js';

const name = <Name extends string>() =>
  z
    .string()
    .min(1)
    .transform((text) => text as Name);
const environment = z.enum(ENVIRONMENTS);
const count = z.number().int().nonnegative();

/** An empty trial stands for none. */
function withTrial<Rest>({ trial, ...rest }: Rest & { trial: string }) {
  return trial === '' ? rest : { ...rest, trial: trial as TrialId };
}

const heldLease = z
  .object({
    lease: name<LeaseId>(),
    sweep: name<SweepId>(),
    block: name<BlockId>(),
    attempt: count,
    environment,
    epoch: count,
    trial: z.string(),
  })
  .transform(withTrial);

/** No CPU of either class stands for a host of one class. */
const capacity = z
  .object({ cpus: count, memoryMib: count, performanceCpus: count, efficiencyCpus: count })
  .transform(({ performanceCpus, efficiencyCpus, ...rest }) =>
    performanceCpus + efficiencyCpus === 0
      ? rest
      : { ...rest, hybrid: { performanceCpus, efficiencyCpus } },
  );

const hello = z
  .object({
    protocol: count,
    hostId: name<HostId>(),
    hostName: z.string(),
    session: z.string().min(1),
    instance: z.string().min(1),
    bootId: z.string(),
    startedAtMs: count,
    acknowledgedSequence: count,
    seenTerm: count.max(TERM_MAX),
    seenReign: z.string(),
    labels: z.array(z.string()),
    capacity,
    supports: z.array(z.object({ environment, available: z.boolean(), reason: z.string() })),
    hostFacts: z.record(z.string(), z.string()),
    permissions: z.array(z.enum(PERMISSIONS)),
    holding: z.array(heldLease),
    unsettled: z.array(z.string()),
    trouble: z.string(),
  })
  .transform(({ hostId: id, hostName, hostFacts: facts, ...message }) => {
    const { capacity, supports, permissions, labels, seenTerm, seenReign, ...rest } = message;
    const host = { id, name: hostName, facts, capacity, supports, permissions, labels };
    return { ...rest, host, seen: { term: seenTerm, reign: seenReign } };
  });

const agentMessage = z.discriminatedUnion('body', [
  z.object({ body: z.literal('hello'), hello }),
  z.object({
    body: z.literal('alive'),
    alive: z.object({ spooled: count, trouble: z.string() }),
  }),
  z.object({
    body: z.literal('unsettled'),
    unsettled: z.object({ messageIds: z.array(z.string()) }),
  }),
  z.object({
    body: z.literal('renew'),
    renew: z
      .object({ lease: name<LeaseId>(), epoch: count, trial: z.string() })
      .transform(withTrial),
  }),
  z.object({
    body: z.literal('trialStarted'),
    trialStarted: z.object({ lease: name<LeaseId>(), trial: name<TrialId>() }),
  }),
  z.object({
    body: z.literal('blockEnded'),
    blockEnded: z.object({
      lease: name<LeaseId>(),
      end: z.enum(BLOCK_ENDS),
      reason: z.string(),
    }),
  }),
]);

const controllerMessage = z.discriminatedUnion('body', [
  z.object({
    body: z.literal('welcome'),
    welcome: z.object({
      natsUrl: z.string(),
      aliveIntervalMs: z.number().int().positive(),
      term: count,
      reign: z.string(),
      folded: z.array(z.string()),
    }),
  }),
  z.object({ body: z.literal('refused'), refused: z.object({ reason: z.string() }) }),
  z.object({ body: z.literal('lease'), lease: leaseSchema }),
  z.object({
    body: z.literal('revoked'),
    revoked: z.object({ lease: name<LeaseId>(), reason: z.string() }),
  }),
  z.object({
    body: z.literal('folded'),
    folded: z.object({ messageIds: z.array(z.string()), settledIds: z.array(z.string()) }),
  }),
  z.object({ body: z.literal('settled'), settled: z.object({ messageIds: z.array(z.string()) }) }),
]);

function check<Output>(schema: z.ZodType<Output>, message: unknown, sender: string): Output {
  const result = schema.safeParse(message);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`malformed message from ${sender}: ${issue?.path.join('.')}: ${issue?.message}`);
}

export function readAgentMessage(wire: unknown): AgentMessage {
  const message = check(agentMessage, wire, 'agent');
  switch (message.body) {
    case 'hello':
      return { kind: 'hello', hello: message.hello };
    case 'alive':
      return { kind: 'alive', ...message.alive };
    case 'renew':
      return { kind: 'renew', ...message.renew };
    case 'unsettled':
      return { kind: 'unsettled', ...message.unsettled };
    case 'trialStarted':
      return { kind: 'trial-started', ...message.trialStarted };
    case 'blockEnded':
      return { kind: 'block-ended', ...message.blockEnded };
  }
}

export function writeAgentMessage(message: AgentMessage): AgentMessageWire {
  switch (message.kind) {
    case 'hello': {
      const { host, holding, unsettled, seen, ...rest } = message.hello;
      const { id: hostId, name: hostName, facts: hostFacts, supports } = host;
      const { hybrid, ...size } = host.capacity;
      return {
        hello: {
          ...rest,
          hostId,
          hostName,
          hostFacts,
          capacity: { ...size, ...hybrid },
          supports: [...supports],
          permissions: [...host.permissions],
          labels: [...host.labels],
          holding: [...holding],
          unsettled: [...unsettled],
          seenTerm: seen.term,
          seenReign: seen.reign,
        },
      };
    }
    case 'alive':
      return { alive: message };
    case 'unsettled':
      return { unsettled: { messageIds: [...message.messageIds] } };
    case 'renew':
      return { renew: message };
    case 'trial-started':
      return { trialStarted: message };
    case 'block-ended':
      return { blockEnded: message };
  }
}

/** All that came in one message of the stream, in the order in which it was said. */
export function readControllerMessages(wire: unknown): ControllerMessage[] {
  const { behind } = wire as { readonly behind: readonly unknown[] };
  return [wire, ...behind].map(readControllerMessage);
}

/** Of at least one. */
export function writeControllerMessages(
  messages: readonly ControllerMessage[],
): ControllerMessageWire {
  const [first, ...behind] = messages.map(writeControllerMessage);
  return { ...first, behind };
}

export function readControllerMessage(wire: unknown): ControllerMessage {
  const message = check(controllerMessage, wire, 'controller');
  switch (message.body) {
    case 'welcome':
      return { kind: 'welcome', ...message.welcome };
    case 'refused':
      return { kind: 'refused', ...message.refused };
    case 'lease':
      return { kind: 'lease', lease: message.lease };
    case 'revoked':
      return { kind: 'revoked', ...message.revoked };
    case 'folded':
      return { kind: 'folded', ...message.folded };
    case 'settled':
      return { kind: 'settled', ...message.settled };
  }
}

export function writeControllerMessage(message: ControllerMessage): ControllerMessageWire {
  switch (message.kind) {
    case 'welcome':
      return { welcome: { ...message, folded: [...message.folded] } };
    case 'refused':
      return { refused: message };
    case 'lease':
      return { lease: writeLease(message.lease) };
    case 'revoked':
      return { revoked: message };
    case 'folded':
      return {
        folded: { messageIds: [...message.messageIds], settledIds: [...message.settledIds] },
      };
    case 'settled':
      return { settled: { messageIds: [...message.messageIds] } };
  }
}
