// SPDX-License-Identifier: Apache-2.0
/**
 * Which files the evidence of an entry is kept in, below the folder of a sweep: `serial`, `output`,
 * the dump of an audit or attribution trial in a folder named for its purpose, and the
 * configurations of kernels in `kernels`. It reads and writes none.
 */
import type { LogEntry, ResolvedKernel, Sha256, TrialEnded } from '@labsweep/proto';

/** Where the content is: an artifact, or here. */
export type EvidenceFile = { readonly path: string } & (
  | { readonly sha256: Sha256 }
  | { readonly text: string }
);

export function evidenceFiles(entry: TrialEnded): EvidenceFile[] {
  const { console: serialLog, output, outputText, dump } = entry.evidence;
  const name = `${entry.trial.replaceAll('/', '-')}-a${entry.attempt}`;
  return [
    ...(serialLog === undefined ? [] : [{ path: `serial/${name}.log`, sha256: serialLog }]),
    ...(outputText === undefined ? [] : [{ path: `output/${name}.txt`, text: outputText }]),
    ...(output === undefined ? [] : [{ path: `output/${name}.txt`, sha256: output }]),
    ...(dump === undefined ? [] : [{ path: `${entry.purpose}/${name}.txt`, sha256: dump }]),
  ];
}

/** The kernels that an entry brings into its sweep; empty for most. */
export function kernelsOf(entry: LogEntry): readonly ResolvedKernel[] {
  if (entry.type === 'submitted') return entry.kernels;
  if (entry.type !== 'commanded' || entry.command.kind !== 'add-kernel') return [];
  return [entry.command.kernel];
}

/** The configurations of kernels, by name. */
export function configFiles(kernels: readonly ResolvedKernel[]) {
  return kernels.flatMap((kernel) => {
    if (kernel.config === undefined) return [];
    return [{ path: kernelPath(kernel, 'config'), sha256: kernel.config.sha256 }];
  });
}

export function kernelPath(
  { name }: Pick<ResolvedKernel, 'name'>,
  ending: 'config' | 'vmlinuz',
): string {
  return `kernels/${fileNameOf(name)}.${ending}`;
}

export function fileNameOf(name: string): string {
  return name.replaceAll(/[^\w.+-]/g, '-');
}
