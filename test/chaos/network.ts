// SPDX-License-Identifier: Apache-2.0
/**
 * The network of a chaos run: one namespace for each host, joined by a bridge in a namespace of its
 * own, so that the machine's network is not touched. Links can be cut, made deaf in one direction,
 * and made to lose packets.
 */
import { sh, tryRun } from './shell.js';

export interface Network {
  /** Absent where the machine lets us make none; then all parts share the machine's loopback. */
  readonly namespaces: boolean;
  /** How packets are dropped; undefined where this kernel has no way that we know. */
  readonly dropper: Dropper | undefined;
  /** What could not be had, for people. */
  readonly missing: readonly string[];
  /** Words to put before a command so that it runs on that host. */
  enter(host: string): readonly string[];
  /** Where the other hosts reach it. */
  addressOf(host: string): string;
  cut(host: string): void;
  join(host: string): void;
  /** Drops that share of what the host sends, from 0 to 100 %; 0 drops nothing. */
  dropSent(host: string, percent: number): void;
  /** The same of what it receives. */
  dropReceived(host: string, percent: number): void;
}

type Dropper = 'netem' | 'bpf';

/** Of RFC 2544, for tests of network devices; nobody routes it. */
const PREFIX = '198.18';
const MASK_BITS = 24;

export interface NetworkOptions {
  /** Makes the names unique on this machine. */
  readonly id: string;
  readonly hosts: readonly string[];
  /** Told of each namespace before it is made, so that it is removed whatever happens. */
  onNamespace(name: string): void;
}

/** Never throws: what cannot be had is told in `missing`. */
export function makeNetwork(options: NetworkOptions): Network {
  const { id, hosts } = options;
  try {
    return makeNamespaces(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    for (const name of [...hosts, 'switch']) tryRun('ip', 'netns', 'del', `${id}-${name}`);
    return {
      namespaces: false,
      dropper: undefined,
      missing: [`network namespaces, and with them partitions and packet loss: ${why}`],
      enter: () => [],
      addressOf: () => '127.0.0.1',
      cut: () => {},
      join: () => {},
      dropSent: () => {},
      dropReceived: () => {},
    };
  }
}

function makeNamespaces({ id, hosts, onNamespace }: NetworkOptions): Network {
  const hub = `${id}-switch`;
  const inside = (name: string, ...command: readonly string[]) =>
    sh('ip', 'netns', 'exec', name, ...command);
  const add = (name: string) => {
    onNamespace(name);
    sh('ip', 'netns', 'add', name);
    inside(name, 'ip', 'link', 'set', 'lo', 'up');
  };
  add(hub);
  inside(hub, 'ip', 'link', 'add', 'bridge', 'type', 'bridge');
  inside(hub, 'ip', 'link', 'set', 'bridge', 'up');
  const addressOf = (host: string) => `${PREFIX}.0.${hosts.indexOf(host) + 1}`;
  for (const host of hosts) {
    const name = `${id}-${host}`;
    add(name);
    // Both ends of the pair get their names at once: inside a host it is always `uplink`.
    const peer = ['peer', 'name', 'uplink', 'netns', name];
    inside(hub, 'ip', 'link', 'add', host, 'type', 'veth', ...peer);
    inside(hub, 'ip', 'link', 'set', host, 'master', 'bridge', 'up');
    inside(name, 'ip', 'address', 'add', `${addressOf(host)}/${MASK_BITS}`, 'dev', 'uplink');
    inside(name, 'ip', 'link', 'set', 'uplink', 'up');
  }
  const { dropper, why } = findDropper(id, hosts);
  const drop = (name: string, device: string, percent: number) =>
    setDrop({ name, device, percent, dropper });
  return {
    namespaces: true,
    dropper,
    missing: dropper === undefined ? [`packet loss: ${why}`] : [],
    enter: (host) => ['nsenter', `--net=/run/netns/${id}-${host}`],
    addressOf,
    cut: (host) => inside(hub, 'ip', 'link', 'set', host, 'down'),
    join: (host) => inside(hub, 'ip', 'link', 'set', host, 'up'),
    dropSent: (host, percent) => drop(`${id}-${host}`, 'uplink', percent),
    dropReceived: (host, percent) => drop(hub, host, percent),
  };
}

/** netem where the kernel has it, else a classifier that drops at random; tried, not guessed. */
function findDropper(
  id: string,
  hosts: readonly string[],
): { readonly dropper: Dropper | undefined; readonly why: string } {
  const reasons: string[] = [];
  for (const dropper of ['netem', 'bpf'] as const) {
    const place = { name: `${id}-${hosts[0]}`, device: 'uplink', dropper };
    try {
      setDrop({ ...place, percent: 1 });
      setDrop({ ...place, percent: 0 });
      return { dropper, why: '' };
    } catch (error) {
      reasons.push(`${dropper}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { dropper: undefined, why: reasons.join('; ') };
}

interface Drop {
  readonly name: string;
  readonly device: string;
  readonly percent: number;
  readonly dropper: Dropper | undefined;
}

function setDrop({ name, device, percent, dropper }: Drop): void {
  const tc = ['netns', 'exec', name, 'tc'];
  if (dropper === 'netem') {
    tryRun('ip', ...tc, 'qdisc', 'del', 'dev', device, 'root');
    if (percent === 0) return;
    sh('ip', ...tc, 'qdisc', 'add', 'dev', device, 'root', 'netem', 'loss', `${percent}%`);
  } else if (dropper === 'bpf') {
    tryRun('ip', ...tc, 'qdisc', 'del', 'dev', device, 'clsact');
    if (percent === 0) return;
    sh('ip', ...tc, 'qdisc', 'add', 'dev', device, 'clsact');
    const filter = ['filter', 'add', 'dev', device, 'egress', 'bpf', 'direct-action'];
    sh('ip', ...tc, ...filter, 'bytecode', randomDrop(percent));
  }
}

/**
 * A classic BPF program: load a random word, take it modulo 100, drop the packet (2) when the rest
 * is below the share, else leave it to others (-1).
 */
function randomDrop(percent: number): string {
  const loadRandom = '32 0 0 4294963256';
  const modulo100 = '148 0 0 100';
  const skipWhenAtLeast = `53 0 1 ${percent}`;
  return ['5', loadRandom, modulo100, skipWhenAtLeast, '6 0 0 4294967295', '6 0 0 2'].join(',');
}
