// SPDX-License-Identifier: Apache-2.0
/**
 * results.parquet: the raw series by columns, for notebooks and databases. The rows are those of
 * results.csv, and this is the one door of hyparquet-writer.
 */
import {
  type ReportFormat,
  type SweepRecord,
  TRIAL_COLUMNS,
  type TrialColumn,
  trialRows,
} from '@labsweep/analysis';
import { parquetWriteBuffer } from 'hyparquet-writer';

export const PARQUET: ReportFormat = {
  name: 'parquet',
  fileName: 'results.parquet',
  mediaType: 'application/vnd.apache.parquet',
  describe: 'the raw series by columns, for notebooks and databases',
  render: ({ record }) => renderParquet(record),
};

type ColumnType = 'INT32' | 'DOUBLE' | 'STRING';

/** All others are text. */
const NUMBERS: Readonly<Partial<Record<TrialColumn, ColumnType>>> = {
  smp: 'INT32',
  repetition: 'INT32',
  attempt: 'INT32',
  value: 'DOUBLE',
  duration_ms: 'DOUBLE',
  // A double holds every millisecond that a clock may show, fractions too.
  started_at_ms: 'DOUBLE',
};

/** What a trial did not tell is a null. */
function renderParquet(record: SweepRecord): Uint8Array {
  const rows = trialRows(record);
  const buffer = parquetWriteBuffer({
    columnData: TRIAL_COLUMNS.map((name) => ({
      name,
      type: NUMBERS[name] ?? 'STRING',
      nullable: true,
      data: rows.map((row) => row[name]),
    })),
    kvMetadata: [
      { key: 'labsweep.sweep', value: record.sweep },
      { key: 'labsweep.seed', value: String(record.submitted.seed) },
    ],
  });
  return new Uint8Array(buffer);
}
