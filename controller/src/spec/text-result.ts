// SPDX-License-Identifier: Apache-2.0
/** What comes of reading a value that is a small language of its own, such as a kernel source. */

export type TextResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly what: string; readonly hint: string };
