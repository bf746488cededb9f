// SPDX-License-Identifier: Apache-2.0
/**
 * Comma-separated values with the quoting of RFC 4180, both ways. Lines end with a bare newline
 * when written, as the tools of this trade expect; both endings are read.
 */

/** One record per inner array; every line, the last one too, ends with a newline. */
export function formatCsv(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(quote).join(',')}\n`).join('');
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** One delimiter, or the end of the text, behind a quoted or a plain field. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** What stands in a field, and where in the text the field begins. */
export interface CsvField {
  readonly text: string;
  readonly offset: number;
}

/** The text is no CSV from this offset on. */
export class CsvError extends Error {
  override readonly name = 'CsvError';

  constructor(readonly offset: number) {
    super(`CSV: a quote at offset ${offset} is open or misplaced; quote the whole field`);
  }
}

/** Throws CsvError where the text is no CSV. */
export function parseCsv(text: string): string[][] {
  return parseCsvFields(text).map((fields) => fields.map((field) => field.text));
}

/** Throws CsvError where the text is no CSV. */
export function parseCsvFields(text: string): CsvField[][] {
  const records: CsvField[][] = [];
  let fields: CsvField[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const offset = FIELD.lastIndex;
    const match = FIELD.exec(text);
    if (match === null) throw new CsvError(offset);
    const [, quoted, plain = '', delimiter] = match;
    fields.push({ text: quoted === undefined ? plain : quoted.replaceAll('""', '"'), offset });
    if (delimiter === ',') continue;
    records.push(fields);
    fields = [];
  }
  return records;
}
