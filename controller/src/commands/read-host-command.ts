// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what a user asks of a host or kernel for all sweeps, and refuses what names nothing that
 * the lab knows.
 */
import {
  HOST_COMMANDS,
  type HostCommand,
  type HostId,
  type HostSummary,
  type KernelName,
  UsageError,
} from '@labsweep/proto';
import type { CommandRecord } from '../fold/command-record.js';
import { suggestName } from '../spec/suggestion.js';

export interface HostCommandRequest {
  readonly kind: string;
  /** An id or a name; empty for none. */
  readonly host: string;
  /** Empty for none. */
  readonly kernel: string;
  readonly reason: string;
}

/** What the lab knows. */
export interface KnownNames {
  readonly hosts: readonly Pick<HostSummary, 'host' | 'hostName'>[];
  /** Of all sweeps. */
  readonly kernels: readonly KernelName[];
  readonly commands: CommandRecord;
}

/** Throws a UsageError. */
export function readHostCommand(known: KnownNames, request: HostCommandRequest): HostCommand {
  const kind = HOST_COMMANDS.find((each) => each === request.kind);
  if (kind === undefined) {
    const hint = suggestName(request.kind, HOST_COMMANDS);
    throw new UsageError(`unknown command \`${request.kind}\`; ${hint}`);
  }
  if (kind === 'drain' || kind === 'undrain') return { kind, host: findHost(known, request.host) };
  const target = readTarget(known, kind, request);
  if (kind === 'release') {
    refuseIdleRelease(known, request, target);
    return { kind, ...target };
  }
  if (request.reason.trim() === '') {
    throw new UsageError(
      'quarantine needs a reason, for those who find it tomorrow: --reason "fan is broken"',
    );
  }
  return { kind, ...target, reason: request.reason.trim() };
}

type Target = { readonly host?: HostId; readonly kernel?: KernelName };

function readTarget(known: KnownNames, kind: string, request: HostCommandRequest): Target {
  const { host, kernel } = request;
  if (host === '' && kernel === '') {
    throw new UsageError(`${kind} needs a host, or --kernel, or both; see labsweep hosts`);
  }
  return {
    ...(host === '' ? {} : { host: findHost(known, host) }),
    ...(kernel === '' ? {} : { kernel: findKernel(known, kernel) }),
  };
}

/** A name that two hosts share names neither of them. */
function findHost({ hosts }: KnownNames, text: string): HostId {
  const exact = hosts.find(({ host }) => host === text);
  if (exact !== undefined) return exact.host;
  const named = hosts.filter(({ hostName }) => hostName === text);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only.host;
  if (only !== undefined) {
    const ids = named.map(({ host }) => host).join(', ');
    throw new UsageError(`${named.length} hosts are called '${text}'; name one by its id: ${ids}`);
  }
  const what = text === '' ? 'name a host' : `there is no host '${text}'`;
  if (hosts.length === 0) throw new UsageError(`${what}; no host has joined this lab yet`);
  const names = hosts.map(({ hostName }) => hostName);
  throw new UsageError(`${what}; ${suggestName(text, names)}, see labsweep hosts`);
}

function findKernel({ kernels, commands }: KnownNames, text: string): KernelName {
  const aside = commands.quarantines().flatMap(({ kernel }) => kernel ?? []);
  const names = [...new Set([...kernels, ...aside])];
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  if (names.length === 0) throw new UsageError('no sweep of this lab has a kernel yet');
  throw new UsageError(`no sweep has a kernel \`${text}\`; ${suggestName(text, names)}`);
}

function refuseIdleRelease(known: KnownNames, request: HostCommandRequest, target: Target): void {
  const { host, kernel } = target;
  const isHeld = known.commands
    .quarantines()
    .some((each) =>
      host === undefined
        ? each.kernel === kernel
        : each.host === host && (kernel === undefined || each.kernel === kernel),
    );
  if (isHeld) return;
  const subject = [request.host, request.kernel && `kernel ${request.kernel}`]
    .filter((text) => text !== '')
    .join(' with ');
  throw new UsageError(`${subject} is not in quarantine; see labsweep hosts`);
}
