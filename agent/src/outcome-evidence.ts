// SPDX-License-Identifier: Apache-2.0
/**
 * Decides what of a trial's evidence travels with its outcome and what becomes an artifact. A short
 * output goes along: as an artifact it would take three more messages than the outcome itself.
 */
import { sha256Of, type TrialEnded } from '@labsweep/proto';
import type { RunResult } from './runner/runner.js';

/** Of the output's bytes; an outcome without it has about 700. */
const SHORT_OUTPUT_BYTES_MAX = 2_048;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function evidenceIn(result: RunResult): {
  readonly evidence: TrialEnded['evidence'];
  /** The bytes behind the names in `evidence`. */
  readonly artifacts: readonly Uint8Array[];
} {
  const { console: serialLog, output, dump } = result;
  const outputText = output === undefined ? undefined : shortText(output);
  const long = outputText === undefined ? output : undefined;
  return {
    evidence: {
      ...(serialLog === undefined ? {} : { console: sha256Of(serialLog) }),
      ...(outputText === undefined ? {} : { outputText }),
      ...(long === undefined ? {} : { output: sha256Of(long) }),
      ...(dump === undefined ? {} : { dump: sha256Of(dump) }),
    },
    artifacts: [serialLog, long, dump].filter((bytes) => bytes !== undefined),
  };
}

/** Undefined for what is long, and for bytes that text would not keep as they are. */
function shortText(bytes: Uint8Array): string | undefined {
  if (bytes.length > SHORT_OUTPUT_BYTES_MAX) return undefined;
  try {
    return strict.decode(bytes);
  } catch {
    // Not UTF-8: as an artifact it keeps every byte.
    return undefined;
  }
}
