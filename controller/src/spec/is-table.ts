// SPDX-License-Identifier: Apache-2.0
/** Tells tables from all else that TOML can hold: arrays, strings, numbers, booleans and times. */

/** Times are objects too, but of a class of their own. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
