// SPDX-License-Identifier: Apache-2.0
/** Where the built guest init lies in this repository, seen from a compiled test. */
import { fileURLToPath } from 'node:url';

export const GUEST_INIT_PATH = fileURLToPath(
  new URL('../../../native/build/init', import.meta.url),
);
