// SPDX-License-Identifier: Apache-2.0
/**
 * Which agents are attached, one for each host, and which of two that claim to be the same host is
 * the one. All of it is ephemeral: agents say it again. It knows nothing of work.
 */
import { type AgentHello, type ControllerMessage, type HostId, PROTOCOL } from '@labsweep/proto';
import type { AgentConnection } from './ports.js';
import { SILENT_MAX_MS } from './schedule/host-roster.js';

export const ALIVE_INTERVAL_MS = 2_000;
/** Sessions of one host that are remembered as displaced, the newest ones. */
const DISPLACED_MAX = 16;

interface HostRecord {
  /** Without what it lists: that is judged once, and may be long. */
  hello: AgentHello;
  connection: AgentConnection | undefined;
  attachedAt: Moment;
  heardAt: Moment;
  spooled: number;
  trouble: string;
  readonly displaced: string[];
  /** An agent of another boot that has said hello since, with the state folder of this one. */
  rival: { readonly bootId: string; readonly sinceMs: number } | undefined;
}

/** Why an agent is not attached: never, or not before it is known whether the other one lives. */
export interface Refusal {
  readonly reason: string;
  readonly isFinal: boolean;
}

/** `steadyMs` measures intervals; `unixMs` is for people, and may jump. */
export interface Moment {
  readonly steadyMs: number;
  readonly unixMs: number;
}

/** What people are told of an attached agent. */
export type AgentState = Readonly<Omit<HostRecord, 'displaced' | 'connection' | 'rival'>> & {
  readonly attached: boolean;
};

export class AgentRegistry {
  private readonly hosts = new Map<HostId, HostRecord>();

  /**
   * Puts the newest session of a host in the place of the old one, whose stream is closed. The
   * answer is undefined, or the reason why this one is refused: it speaks another protocol; another
   * agent, with a state folder of its own or a copy of this one's, lives under the same machine id;
   * or this one was displaced by one that lives.
   */
  attach(hello: AgentHello, connection: AgentConnection, now: Moment): Refusal | undefined {
    const old = this.hosts.get(hello.host.id);
    const refusal = otherProtocol(hello) ?? findRefusal(old, hello, now);
    if (refusal !== undefined) return refusal;
    const displaced = old?.displaced ?? [];
    if (old !== undefined && old.hello.session !== hello.session) {
      displaced.push(old.hello.session);
      if (displaced.length > DISPLACED_MAX) displaced.shift();
    }
    const { trouble = '', unsettled } = hello;
    const kept = { ...hello, unsettled: [], holding: [] };
    // A rival of this boot stays one: that this agent speaks again is the proof that both live.
    const rival = old === undefined || isOtherBoot(old.hello, hello) ? undefined : old.rival;
    const since = { attachedAt: now, heardAt: now, rival };
    const record = { hello: kept, connection, displaced, ...since };
    // Set before the old stream is closed, so that its end is not taken for that of the new one.
    this.hosts.set(hello.host.id, { ...record, spooled: unsettled.length, trouble });
    if (old?.connection !== connection) old?.connection?.close();
    return undefined;
  }

  /** True when the stream was that of the host; its end then is the host's leaving. */
  detach(host: HostId, connection: AgentConnection): boolean {
    const record = this.hosts.get(host);
    if (record?.connection !== connection) return false;
    record.connection = undefined;
    return true;
  }

  /** True while the stream belongs to the newest session of its host. */
  isCurrent(host: HostId, connection: AgentConnection): boolean {
    return this.hosts.get(host)?.connection === connection;
  }

  isAttached(host: HostId): boolean {
    return this.hosts.get(host)?.connection !== undefined;
  }

  heard(host: HostId, now: Moment): void {
    const record = this.hosts.get(host);
    if (record !== undefined) record.heardAt = now;
  }

  alive(host: HostId, { spooled, trouble }: { spooled: number; trouble: string }): void {
    const record = this.hosts.get(host);
    if (record === undefined) return;
    record.spooled = spooled;
    record.trouble = trouble;
  }

  send(host: HostId, message: ControllerMessage): void {
    this.hosts.get(host)?.connection?.send(message);
  }

  /** As its agent said it, but for what it holds and what is not settled: both are empty. */
  hello(host: HostId): AgentHello | undefined {
    return this.hosts.get(host)?.hello;
  }

  all(): readonly AgentState[] {
    return [...this.hosts.values()].map(({ displaced: _, rival: __, connection, ...state }) => ({
      ...state,
      attached: connection !== undefined,
    }));
  }

  attachedCount(): number {
    let count = 0;
    for (const { connection } of this.hosts.values()) if (connection !== undefined) count += 1;
    return count;
  }
}

function otherProtocol({ protocol }: AgentHello): Refusal | undefined {
  if (protocol === PROTOCOL) return undefined;
  const reason = `agent speaks protocol ${protocol}, this controller ${PROTOCOL}; update the older`;
  return { reason, isFinal: true };
}

function findRefusal(
  old: HostRecord | undefined,
  hello: AgentHello,
  now: Moment,
): Refusal | undefined {
  if (old?.connection === undefined || old.hello.session === hello.session) return undefined;
  // The stream of an agent that has died may stay open for long.
  if (now.steadyMs - old.heardAt.steadyMs > SILENT_MAX_MS) return undefined;
  const { name, id } = old.hello.host;
  const since = new Date(old.attachedAt.unixMs).toISOString();
  const first = `${name} (machine id ${id}) is attached as session ${old.hello.session} since ${since}`;
  if (old.displaced.includes(hello.session)) {
    const reason = `${first}, which has displaced this session; stop one of the two agents`;
    return { reason, isFinal: true };
  }
  const advice =
    'stop one of the two agents, or give a cloned machine a machine id of its own ' +
    '(systemd-machine-id-setup)';
  if (old.hello.instance !== hello.instance) {
    const reason = `${first}, by an agent with another state folder; ${advice}`;
    return { reason, isFinal: true };
  }
  if (!isOtherBoot(old.hello, hello)) return undefined;
  if (isProvedAlive(old, hello, now)) {
    const reason = `${first}, by an agent with a copy of this state folder; ${advice} and an empty state folder`;
    return { reason, isFinal: true };
  }
  const reason = `${first}, under another boot; it is replaced once it was silent for ${SILENT_MAX_MS / 1_000} s`;
  return { reason, isFinal: false };
}

/** Empty where a kernel does not tell its boot: nothing follows from that. */
function isOtherBoot(one: AgentHello, other: AgentHello): boolean {
  return one.bootId !== '' && other.bootId !== '' && one.bootId !== other.bootId;
}

/**
 * A machine runs one boot at a time: if the old one still speaks after the new one has spoken,
 * there are two machines. What the old one had said before, and was read late, does not count.
 */
function isProvedAlive(old: HostRecord, { bootId }: AgentHello, now: Moment): boolean {
  if (old.rival?.bootId !== bootId) old.rival = { bootId, sinceMs: now.steadyMs };
  return old.heardAt.steadyMs - old.rival.sinceMs >= ALIVE_INTERVAL_MS;
}
