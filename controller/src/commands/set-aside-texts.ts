// SPDX-License-Identifier: Apache-2.0
/** Words which hosts and kernels get no work although they could, and why. */
import type { HostId } from '@labsweep/proto';
import type { CommandRecord, Quarantine } from '../fold/command-record.js';

/** One sentence for each; empty when all hosts and kernels are in use. */
export function setAsideTexts(
  commands: CommandRecord,
  nameOf: (host: HostId) => string,
): readonly string[] {
  const drains = commands.drains().flatMap(({ by, command }) => {
    return command.kind === 'drain' ? [`${nameOf(command.host)} is drained by ${by}`] : [];
  });
  const quarantines = commands.quarantines().map((quarantine) => {
    const { host, kernel } = quarantine;
    const subject = host === undefined ? `kernel ${kernel}` : nameOf(host);
    const names = [
      host === undefined ? [] : nameOf(host),
      kernel === undefined ? [] : `--kernel ${kernel}`,
    ];
    const command = ['labsweep release', ...names.flat()].join(' ');
    return `${subject} is in quarantine ${quarantineText(quarantine)}; ${command} ends it`;
  });
  return [...drains, ...quarantines];
}

/** What stands behind the name of a host, or of a kernel where no host is named. */
export function quarantineText({ host, kernel, reason, by }: Quarantine): string {
  const scope = host !== undefined && kernel !== undefined ? `for kernel ${kernel} ` : '';
  return `${scope}by ${by}: ${reason}`;
}
