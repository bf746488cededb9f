// SPDX-License-Identifier: Apache-2.0
/** The way from the top of a spec to one of its values, and how it is shown. */

/** Table keys as text, places in arrays as numbers from 0. */
export type KeyPath = readonly (string | number)[];

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/** As TOML would write it, for example `kernels."v6.12"` or `environments[0].smp[1]`. */
export function formatKeyPath(path: KeyPath): string {
  const parts = path.map((step, depth) => {
    if (typeof step === 'number') return `[${step}]`;
    return (depth === 0 ? '' : '.') + formatKey(step);
  });
  return parts.join('');
}

/** One key, in quotes where TOML asks for them. */
export function formatKey(key: string): string {
  return BARE_KEY.test(key) ? key : JSON.stringify(key);
}
