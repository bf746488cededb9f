// SPDX-License-Identifier: Apache-2.0
/** `host:port` addresses, and the rule that nothing leaves loopback while there is no TLS. */
import { UsageError } from './errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;

/**
 * Reads `host:port` or `[v6]:port`; port 0 asks the system for a free one. `what` names the option
 * in the message. Throws UsageError when it is not an address or not on loopback.
 */
export function parseLoopbackAddress(text: string, what: string): Address {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new UsageError(`${what}: expected host:port, for example 127.0.0.1:7700, got '${text}'`);
  }
  if (!LOOPBACK.test(host)) {
    throw new UsageError(
      `${what}: '${host}' is beyond loopback, and TLS is not configured, so it is refused; ` +
        'use 127.0.0.1 here, and an SSH tunnel between boxes',
    );
  }
  return { host, port };
}

/** Reads a list as in `a:1,b:2`, in the order in which the addresses are tried. */
export function parseLoopbackAddresses(text: string, what: string): readonly Address[] {
  return text.split(',').map((address) => parseLoopbackAddress(address.trim(), what));
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
