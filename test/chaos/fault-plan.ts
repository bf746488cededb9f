// SPDX-License-Identifier: Apache-2.0
/**
 * Which faults a chaos run injects and when: all of it follows from the seed, before anything runs.
 * How a fault is done is not known here.
 */
import { seededRandom } from '@labsweep/proto';

/** What a fault is done to, or with. */
export type FaultKind =
  | 'kill-agent'
  | 'kill-controller'
  | 'kill-broker'
  | 'kill-command'
  | 'stop-agent'
  | 'stop-controller'
  | 'stop-broker'
  | 'partition'
  | 'one-way'
  | 'loss'
  | 'agent-disk-full'
  | 'broker-disk-full';

export interface Fault {
  readonly kind: FaultKind;
  /** The part or the host that it hits. */
  readonly target: string;
  readonly atMs: number;
  readonly durationMs: number;
}

export interface FaultTargets {
  readonly agents: readonly string[];
  readonly controllers: readonly string[];
  /** Hosts that can be cut off; empty where there are no network namespaces. */
  readonly hosts: readonly string[];
  /** Whether small file systems are mounted. */
  readonly disks: boolean;
  /** Whether packets can be dropped at random. */
  readonly loss: boolean;
}

interface Rule {
  readonly kind: FaultKind;
  /** How many of them lie in one deck of faults. */
  readonly weight: number;
  readonly seconds: readonly [number, number];
  /** At most one fault of a group at a time; the second part of it is the target. */
  readonly groups: (target: string) => readonly string[];
}

/** Longer than a lease, which is 15 s. */
const PAST_LEASE_SECONDS = [16, 20] as const;

const process = (target: string) => [target];
const network = (target: string) => [`network of ${target}`];
/** Some of the lab must work, or a run would be one long standstill. */
const stopped = (what: string) => (target: string) => [target, `a ${what} that is stopped`];

const RULES: readonly Rule[] = [
  { kind: 'kill-agent', weight: 6, seconds: [0.2, 3], groups: process },
  { kind: 'kill-controller', weight: 5, seconds: [0.2, 5], groups: process },
  { kind: 'kill-broker', weight: 3, seconds: [0.2, 3], groups: process },
  { kind: 'kill-command', weight: 2, seconds: [0.2, 1], groups: process },
  { kind: 'stop-agent', weight: 2, seconds: PAST_LEASE_SECONDS, groups: stopped('agent') },
  {
    kind: 'stop-controller',
    weight: 2,
    seconds: PAST_LEASE_SECONDS,
    groups: stopped('controller'),
  },
  { kind: 'stop-broker', weight: 1, seconds: [2, 8], groups: process },
  { kind: 'partition', weight: 3, seconds: [2, 14], groups: network },
  { kind: 'one-way', weight: 2, seconds: [2, 14], groups: network },
  { kind: 'loss', weight: 3, seconds: [3, 12], groups: network },
  { kind: 'agent-disk-full', weight: 2, seconds: [3, 10], groups: (name) => [`disk of ${name}`] },
  // The broker is started again when there is room, so nothing else may be done to it.
  { kind: 'broker-disk-full', weight: 1, seconds: [3, 8], groups: process },
];

const BROKER = 'broker';
const COMMAND = 'command';
/** A part that was just hurt gets this long before it is hurt again. */
const REST_MS = 1_500;
/** So many draws find no fault that fits before the time is left as it is. */
const TRIES_MAX = 20;

/** Faults in the order of their start; the last of them is over before `durationMs`. */
export function planFaults(options: {
  readonly seed: number;
  readonly durationMs: number;
  /** From one start to the next, in the mean. */
  readonly intervalMs: number;
  readonly targets: FaultTargets;
}): Fault[] {
  const { seed, durationMs, intervalMs, targets } = options;
  const random = seededRandom({ seed, purpose: 'chaos' });
  const between = (low: number, high: number) => low + (high - low) * random.nextUniform();
  const busyUntilMs = new Map<string, number>();
  const faults: Fault[] = [];
  let deck: Rule[] = [];
  const draw = (): Rule | undefined => {
    if (deck.length === 0) deck = newDeck(targets);
    return deck.splice(random.nextBelow(deck.length), 1)[0];
  };
  // Not evenly: two faults that come together are worth more than two that do not.
  const nextGapMs = () => intervalMs * between(0.1, 1.9);
  for (let atMs = nextGapMs(); atMs < durationMs; atMs += nextGapMs()) {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const rule = draw();
      if (rule === undefined) return faults;
      const names = targetsOf(rule.kind, targets);
      const target = names[random.nextBelow(names.length)] ?? '';
      const lastsMs = Math.round(1_000 * between(...rule.seconds));
      const groups = rule.groups(target);
      const isFree = groups.every((group) => (busyUntilMs.get(group) ?? 0) <= atMs);
      if (!isFree || atMs + lastsMs > durationMs) continue;
      for (const group of groups) busyUntilMs.set(group, atMs + lastsMs + REST_MS);
      faults.push({ kind: rule.kind, target, atMs: Math.round(atMs), durationMs: lastsMs });
      break;
    }
  }
  return faults;
}

function newDeck(targets: FaultTargets): Rule[] {
  return RULES.filter(({ kind }) => targetsOf(kind, targets).length > 0).flatMap((rule) =>
    Array.from({ length: rule.weight }, () => rule),
  );
}

function targetsOf(kind: FaultKind, targets: FaultTargets): readonly string[] {
  const { agents, controllers, hosts, disks, loss } = targets;
  switch (kind) {
    case 'kill-agent':
    case 'stop-agent':
      return agents;
    case 'agent-disk-full':
      return disks ? agents : [];
    case 'kill-controller':
    case 'stop-controller':
      return controllers;
    case 'kill-broker':
    case 'stop-broker':
      return [BROKER];
    case 'broker-disk-full':
      return disks ? [BROKER] : [];
    case 'kill-command':
      return [COMMAND];
    case 'partition':
      return hosts;
    case 'one-way':
    case 'loss':
      return loss ? hosts : [];
  }
}
