// SPDX-License-Identifier: Apache-2.0
/** The door of this package: where its program is, and what tests and simulation share with it. */
import { fileURLToPath } from 'node:url';

/** The script that `node` runs to be `labsweep`. */
export const LABSWEEP_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
export { SweepClient } from './sweep-client.js';
/** What gathers a record out of watch events, for programs that follow a sweep by other ways. */
export { SweepFollower } from './sweep-follower.js';
