// SPDX-License-Identifier: Apache-2.0
/** Which seeds a run of the tests begins with: others for each commit, the same for one commit. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const HASH_DIGITS = 8;

export interface FirstSeed {
  readonly seed: number;
  /** Where it comes from, for people. */
  readonly from: string;
}

export function firstSeed(): FirstSeed {
  const given = process.env.LABSWEEP_TEST_SEED;
  if (given !== undefined) return { seed: Number(given), from: 'LABSWEEP_TEST_SEED' };
  const hash = commitHash();
  if (hash === undefined) return { seed: randomInt(2 ** 31), from: 'chance: this is no clone' };
  return { seed: Number.parseInt(hash.slice(0, HASH_DIGITS), 16), from: `commit ${hash}` };
}

/** Undefined outside of a clone, as in an archive of the sources. */
function commitHash(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}
