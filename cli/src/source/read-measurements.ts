// SPDX-License-Identifier: Apache-2.0
/** A file of measurements made elsewhere, as the record that reports are made of. */
import type { Buffer } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { measuredRecord, type SweepRecord, TableError } from '@labsweep/analysis';
import { nearestName, type Sha256, type SweepId, sha256Of, UsageError } from '@labsweep/proto';
import { reasonOf } from '../local-inputs.js';

const FILE_BYTES_MAX = 256 * 2 ** 20;
const NAME_CHARACTERS_MAX = 60;

export interface MeasurementOptions {
  readonly baseline: string | undefined;
  readonly metric: string | undefined;
}

/** Throws UsageError with `path:line:column: what is wrong` for each problem. */
export async function readMeasurements(
  path: string,
  { baseline, metric }: MeasurementOptions,
): Promise<SweepRecord> {
  const bytes = await readBytes(path);
  const record = recordFrom(path, bytes, { baseline, metric });
  const { kernels, workload } = record.spec;
  mustBeOneOf('--baseline', baseline, kernels);
  mustBeOneOf('--metric', metric, workload.metrics);
  return record;
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) {
      throw new UsageError(`${path} has ${size} bytes; ${FILE_BYTES_MAX} is most`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function recordFrom(path: string, bytes: Buffer, options: MeasurementOptions): SweepRecord {
  const { baseline, metric } = options;
  const fileName = basename(path);
  const sha256 = sha256Of(bytes);
  try {
    return measuredRecord({
      text: bytes.toString('utf8'),
      fileName,
      sha256,
      sweep: sweepId(fileName, sha256),
      ...(baseline === undefined ? {} : { baseline }),
      ...(metric === undefined ? {} : { metric }),
    });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const lines = error.problems.map(
      ({ line, column, message }) => `${path}:${line}:${column}: ${message}`,
    );
    throw new UsageError(lines.join('\n'), { cause: error });
  }
}

/** The same table has the same name everywhere. */
function sweepId(fileName: string, sha256: Sha256): SweepId {
  const words = fileName
    .toLowerCase()
    .replace(/\.csv$/, '')
    .replaceAll(/[^a-z0-9]+/g, '-');
  const name = words.replaceAll(/^-+|-+$/g, '').slice(0, NAME_CHARACTERS_MAX) || 'measurements';
  return `${name}-${sha256.slice(0, 8)}` as SweepId;
}

function mustBeOneOf(
  option: string,
  name: string | undefined,
  known: readonly { readonly name: string }[],
): void {
  const names = known.map((each) => each.name);
  if (name === undefined || names.includes(name)) return;
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new UsageError(`${option}: '${name}' is not one of ${names.join(', ')}${hint}`);
}
