// SPDX-License-Identifier: Apache-2.0
/** The door of this package: where its program is, for tests that use it as a user does. */
import { fileURLToPath } from 'node:url';

/** The script that `node` runs to be `labsweep`. */
export const LABSWEEP_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

export { SweepClient } from './sweep-client.js';
