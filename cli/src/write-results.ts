// SPDX-License-Identifier: Apache-2.0
/**
 * Writes everything a sweep yields into its folder: plan, report, raw series, facts and serial
 * logs.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  analyseSweep,
  renderCsv,
  renderJson,
  renderText,
  type SweepRecord,
} from '@labsweep/analysis';
import { renderPlan } from '@labsweep/controller';
import { messageOf, type Sha256, type TrialEnded } from '@labsweep/proto';

/** Returns the text of the report; warnings name evidence that could not be had. */
export async function writeResults(
  folder: string,
  record: SweepRecord,
): Promise<{ readonly report: string }> {
  const report = analyseSweep(record);
  const text = renderText(report);
  const { spec, plan, submitted } = record;
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const files: Record<string, string> = {
    'spec.toml': submitted.specText,
    'plan.txt': renderPlan({ spec, plan, commands: report.commands }),
    'plan.json': json(plan),
    'results.csv': renderCsv(record),
    'results.json': renderJson(record, report),
    'hosts.json': json(record.hosts),
    'guests.json': json(guestFacts(record.entries)),
    'report.txt': text,
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
  }
  return { report: text };
}

/**
 * Fetches the evidence of one outcome: `serial`, `output`, and the dump of an audit or attribution
 * trial in a folder named for its purpose. Returns a warning when it cannot be had.
 */
export async function writeEvidence(
  folder: string,
  entry: TrialEnded,
  fetch: (sha256: Sha256) => Promise<Uint8Array>,
): Promise<string | undefined> {
  const { console: serialLog, output, outputText, dump } = entry.evidence;
  const name = `${entry.trial.replaceAll('/', '-')}-a${entry.attempt}`;
  try {
    if (serialLog !== undefined) {
      await write(join(folder, 'serial'), `${name}.log`, await fetch(serialLog));
    }
    if (outputText !== undefined) {
      await write(join(folder, 'output'), `${name}.txt`, new TextEncoder().encode(outputText));
    }
    if (output !== undefined) {
      await write(join(folder, 'output'), `${name}.txt`, await fetch(output));
    }
    if (dump !== undefined)
      await write(join(folder, entry.purpose), `${name}.txt`, await fetch(dump));
    return undefined;
  } catch (error) {
    return `evidence of ${entry.trial} is missing in the folder: ${messageOf(error)}`;
  }
}

async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
}

/** What each guest, or host of a native trial, said of itself, attempt by attempt. */
function guestFacts(entries: readonly TrialEnded[]) {
  return entries.map(({ trial, purpose, attempt, hostName, environment, outcome }) => ({
    trial,
    purpose,
    attempt,
    hostName,
    environment,
    facts: outcome.facts,
  }));
}
