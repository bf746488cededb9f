// SPDX-License-Identifier: Apache-2.0
/**
 * The lab of a chaos run: a broker, two controllers and three agents as real processes, spread over
 * three "hosts". It starts them and keeps them running; who hurts them is not known here.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { LABSWEEP_PROGRAM } from '@labsweep/cli';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { KeptProcess } from './kept-process.js';
import type { Network } from './network.js';
import type { SmallDisks } from './small-disks.js';

/** Which part runs where. The broker is alone on no host: an agent shares each of them. */
const HOST_OF: Readonly<Record<string, string>> = {
  broker: 'host-a',
  command: 'host-a',
  'controller-1': 'host-b',
  'controller-2': 'host-c',
  'agent-a': 'host-a',
  'agent-b': 'host-b',
  'agent-c': 'host-c',
};
export const HOSTS = ['host-a', 'host-b', 'host-c'] as const;
export const AGENTS = ['agent-a', 'agent-b', 'agent-c'] as const;
export const CONTROLLERS = ['controller-1', 'controller-2'] as const;
/** Parts with a small file system of their own. */
export const DISKS = ['broker', ...AGENTS] as const;

const NATS_CONFIG = fileURLToPath(new URL('../../../deploy/nats-server.conf', import.meta.url));
const RELAY_PROGRAM = fileURLToPath(new URL('./relay.js', import.meta.url));
const RELAY_START_MS = 500;

export interface Lab {
  /** By the names of HOST_OF, but for the command. */
  readonly parts: ReadonlyMap<string, KeptProcess>;
  /** Starts `labsweep run` on its host; `onEnd` as in KeptProcess. */
  command(args: readonly string[], onEnd: (how: string) => boolean): KeptProcess;
  /** Outcomes that an agent still holds. */
  spooled(agent: string): number;
  close(): Promise<void>;
}

export interface LabParts {
  readonly folder: string;
  readonly network: Network;
  readonly disks: SmallDisks;
  /** A part ended although no fault ended it. */
  onUnexpectedEnd(part: string, how: string): void;
}

export async function startLab(options: LabParts): Promise<Lab> {
  const { folder, network, disks, onUnexpectedEnd } = options;
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const ports = await portsOf(['broker', ...CONTROLLERS]);
  const keep = (
    part: string,
    command: () => readonly string[],
    onEnd = (how: string) => {
      onUnexpectedEnd(part, how);
      return true;
    },
  ) =>
    new KeptProcess({
      name: part,
      command: () => [...network.enter(HOST_OF[part] ?? part), ...command()],
      folder,
      logPath: join(logs, `${part}.log`),
      onEnd,
    });
  const relays = network.namespaces
    ? HOSTS.map((host) =>
        keep(host, () => [process.execPath, RELAY_PROGRAM, ...relayOf(host, ports, network)]),
      )
    : [];
  for (const relay of relays) relay.start();
  if (relays.length > 0) await delay(RELAY_START_MS);
  const controllers = CONTROLLERS.map((name) => `127.0.0.1:${ports.get(name)}`).join(',');
  const parts = new Map<string, KeptProcess>();
  for (const [part, command] of commandsOf({ folder, disks, ports, controllers })) {
    const kept = keep(part, () => command);
    parts.set(part, kept);
    kept.start();
  }
  return {
    parts,
    command: (args, onEnd) =>
      keep(
        'command',
        () => [process.execPath, LABSWEEP_PROGRAM, 'run', ...args, '--controller', controllers],
        onEnd,
      ),
    spooled: (agent) =>
      readdirSync(join(disks.folder(agent), 'spool')).filter((name) => name.endsWith('.json'))
        .length,
    close: async () => {
      for (const kept of [...parts.values(), ...relays]) await kept.close();
    },
  };
}

function commandsOf(lab: {
  readonly folder: string;
  readonly disks: SmallDisks;
  readonly ports: ReadonlyMap<string, number>;
  readonly controllers: string;
}): [string, readonly string[]][] {
  const { folder, disks, ports, controllers } = lab;
  const node = process.execPath;
  const store = disks.folder('broker');
  const place = ['-a', '127.0.0.1', '-p', `${ports.get('broker')}`];
  const nats = ['nats-server', '-c', NATS_CONFIG, ...place, '-js', '-sd', store];
  const url = `nats://127.0.0.1:${ports.get('broker')}`;
  const controllerOf = (name: string) => [
    ...[node, CONTROLLER_PROGRAM, '--nats', url, '--store', store],
    ...['--listen', `127.0.0.1:${ports.get(name)}`, '--cache', join(folder, `${name}-cache`)],
  ];
  const agentOf = (name: string) => [
    ...[node, AGENT_PROGRAM, '--controller', controllers, '--runners', 'scripted'],
    ...['--name', name, '--host-id', `id-of-${name}`],
    ...['--state', disks.folder(name), '--cache', join(folder, `${name}-cache`)],
  ];
  return [
    ['broker', nats],
    ...CONTROLLERS.map((name): [string, string[]] => [name, controllerOf(name)]),
    ...AGENTS.map((name): [string, string[]] => [name, agentOf(name)]),
  ];
}

/**
 * Every service has one port number everywhere: on its own host the relay opens it towards the
 * network, on the others it stands on loopback in the service's place.
 */
function relayOf(
  host: string,
  ports: ReadonlyMap<string, number>,
  network: Network,
): readonly string[] {
  return [...ports].map(([service, port]) => {
    const home = HOST_OF[service] ?? '';
    const loopback = `127.0.0.1:${port}`;
    const outside = `${network.addressOf(home)}:${port}`;
    return home === host ? `${outside}=${loopback}` : `${loopback}=${outside}`;
  });
}

/** Ports that are free now; all are held until the last is known, so that none comes twice. */
export async function portsOf(services: readonly string[]): Promise<Map<string, number>> {
  const servers = services.map(() => createServer().listen(0, '127.0.0.1'));
  const ports = new Map<string, number>();
  for (const [index, server] of servers.entries()) {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port is free');
    ports.set(services[index] ?? '', address.port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
