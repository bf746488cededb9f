// SPDX-License-Identifier: Apache-2.0
/**
 * Writes everything a sweep yields into its folder: plan, report, raw series, facts, serial logs,
 * and the configurations of its kernels.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, type ResolvedKernel, type Sha256, type TrialEnded } from '@labsweep/proto';
import { configFiles, type EvidenceFile, evidenceFiles } from './evidence-files.js';
import { writeRecord } from './record/record-file.js';
import { recordOfLog } from './record/record-of-log.js';
import type { SweepLog } from './record/sweep-log.js';
import { resultFiles } from './result-files.js';

/** Returns the text of the report; warnings name evidence that could not be had. */
export async function writeResults(
  folder: string,
  log: SweepLog,
): Promise<{ readonly report: string }> {
  const files = resultFiles(recordOfLog(log));
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  await writeRecord(folder, log);
  return { report: String(files.get('report.txt')) };
}

type Fetch = (sha256: Sha256) => Promise<Uint8Array>;

/** Fetches the evidence of one outcome. Returns a warning when it cannot be had. */
export function writeEvidence(
  folder: string,
  entry: TrialEnded,
  fetch: Fetch,
): Promise<string | undefined> {
  const what = `evidence of ${entry.trial}`;
  return writeFiles(folder, { what, files: evidenceFiles(entry), fetch });
}

/** The same for the configurations of kernels. */
export function writeConfigs(
  folder: string,
  kernels: readonly ResolvedKernel[],
  fetch: Fetch,
): Promise<string | undefined> {
  const what = 'the configuration of a kernel';
  return writeFiles(folder, { what, files: configFiles(kernels), fetch });
}

async function writeFiles(
  folder: string,
  wanted: {
    readonly what: string;
    readonly files: readonly EvidenceFile[];
    readonly fetch: Fetch;
  },
): Promise<string | undefined> {
  const { what, files, fetch } = wanted;
  try {
    for (const file of files) {
      const content = 'text' in file ? file.text : await fetch(file.sha256);
      const path = join(folder, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    return undefined;
  } catch (error) {
    return `${what} is missing in the folder: ${messageOf(error)}`;
  }
}
