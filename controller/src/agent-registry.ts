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
}

/** `steadyMs` measures intervals; `unixMs` is for people, and may jump. */
export interface Moment {
  readonly steadyMs: number;
  readonly unixMs: number;
}

/** What people are told of an attached agent. */
export type AgentState = Readonly<Omit<HostRecord, 'displaced' | 'connection'>> & {
  readonly attached: boolean;
};

export class AgentRegistry {
  private readonly hosts = new Map<HostId, HostRecord>();

  /**
   * Puts the newest session of a host in the place of the old one, whose stream is closed. The
   * answer is undefined, or the reason why this one is refused: it speaks another protocol; another
   * agent, with a state folder of its own, lives under the same machine id; or this one was
   * displaced by one that lives.
   */
  attach(hello: AgentHello, connection: AgentConnection, now: Moment): string | undefined {
    const old = this.hosts.get(hello.host.id);
    const reason = otherProtocol(hello) ?? reasonToRefuse(old, hello, now);
    if (reason !== undefined) return reason;
    const displaced = old?.displaced ?? [];
    if (old !== undefined && old.hello.session !== hello.session) {
      displaced.push(old.hello.session);
      if (displaced.length > DISPLACED_MAX) displaced.shift();
    }
    const { trouble = '', unsettled } = hello;
    const kept = { ...hello, unsettled: [], holding: [] };
    const record = { hello: kept, connection, attachedAt: now, heardAt: now, displaced };
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
    return [...this.hosts.values()].map(({ displaced: _, connection, ...state }) => ({
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

function otherProtocol({ protocol }: AgentHello): string | undefined {
  if (protocol === PROTOCOL) return undefined;
  return `agent speaks protocol ${protocol}, this controller ${PROTOCOL}; update the older`;
}

function reasonToRefuse(
  old: HostRecord | undefined,
  hello: AgentHello,
  now: Moment,
): string | undefined {
  if (old?.connection === undefined || old.hello.session === hello.session) return undefined;
  // The stream of an agent that has died may stay open for long.
  if (now.steadyMs - old.heardAt.steadyMs > SILENT_MAX_MS) return undefined;
  const { name, id } = old.hello.host;
  const since = new Date(old.attachedAt.unixMs).toISOString();
  const first = `${name} (machine id ${id}) is attached as session ${old.hello.session} since ${since}`;
  if (old.displaced.includes(hello.session)) {
    return `${first}, which has displaced this session; stop one of the two agents`;
  }
  if (old.hello.instance === hello.instance) return undefined;
  return (
    `${first}, by an agent with another state folder; stop one of the two agents, or give a ` +
    'cloned machine a machine id of its own (systemd-machine-id-setup)'
  );
}
