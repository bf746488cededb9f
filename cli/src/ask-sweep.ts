// SPDX-License-Identifier: Apache-2.0
/** Sends one command about a sweep, with the local kernel that it may name. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import {
  type Sha256,
  type SweepCommand,
  type SweepId,
  type SweepSummary,
  UsageError,
} from '@labsweep/proto';
import { readConfigs, reasonOf } from './local-inputs.js';
import type { SweepClient } from './sweep-client.js';

/** What a user asks, as the command line has it. */
export interface SweepAsk {
  readonly kind: SweepCommand['kind'];
  readonly row?: string;
  readonly count?: number;
  readonly kernel?: { readonly name: string; readonly source: string };
}

export interface AskOptions {
  readonly client: SweepClient;
  readonly sweep: SweepId;
  readonly ask: SweepAsk;
  onProgress(line: string): void;
  readonly signal: AbortSignal;
}

const FILE = 'file:';

/** Settles when the command is kept. Throws UsageError for what the controller refuses. */
export async function askSweep(options: AskOptions): Promise<SweepSummary> {
  const { client, sweep, ask, onProgress, signal } = options;
  const { kind, row = '', count = 0, kernel = { name: '', source: '' } } = ask;
  return client.command({
    sweep,
    id: randomUUID(),
    by: userInfo().username,
    kind,
    row,
    count,
    kernel: kernel.name,
    source: kernel.source,
    files: await sendFile(client, kernel.source),
    onProgress,
    signal,
  });
}

/** A path on the command line is relative to where the command was given. */
async function sendFile(client: SweepClient, source: string): Promise<Record<string, Sha256>> {
  if (!source.startsWith(FILE)) return {};
  const path = source.slice(FILE.length);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UsageError(`--kernel: cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const files = { [path]: await client.putArtifact(bytes) };
  for (const [place, config] of await readConfigs(path, '.')) {
    files[place] = await client.putArtifact(config);
  }
  return files;
}
