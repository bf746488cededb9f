// SPDX-License-Identifier: Apache-2.0
/** Reads an address that goes out to readers of a report. */
import { LabsweepError } from '@labsweep/proto';

/** In ASCII, as mails need it. Throws LabsweepError for what is no https address. */
export function httpsAddress(text: string): string {
  const url = /^\S+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new LabsweepError(
      `expected an address such as https://example.org/results/, without a password in it, got '${text}'.`,
    );
  }
  return url.href;
}
