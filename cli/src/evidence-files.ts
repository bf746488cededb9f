// SPDX-License-Identifier: Apache-2.0
/**
 * Which files the evidence of an outcome is kept in, below the folder of a sweep: `serial`,
 * `output`, and the dump of an audit or attribution trial in a folder named for its purpose. It
 * reads and writes none.
 */
import type { Sha256, TrialEnded } from '@labsweep/proto';

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
