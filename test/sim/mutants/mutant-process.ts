// SPDX-License-Identifier: Apache-2.0
/** Starts the process that runs a mutant, and waits for what it tells. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface MutantResult {
  /** The first that failed; undefined when none did. */
  readonly seed: number | undefined;
  readonly promise: string;
  readonly detail: string;
}

/** An empty name is for the product as it is. Rejects when the process ends without a word. */
export function runMutant(
  name: string,
  seeds: { readonly first: number; readonly count: number },
): Promise<MutantResult> {
  const program = fileURLToPath(new URL('./run-mutant.js', import.meta.url));
  const child = fork(program, [name, String(seeds.first), String(seeds.count)]);
  return new Promise((resolve, reject) => {
    child.on('message', (result) => resolve(result as MutantResult));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`'${name}' ended with ${code}`)));
  });
}
