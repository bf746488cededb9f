// SPDX-License-Identifier: Apache-2.0
/** A mistake in a spec before it is given its line and column. */
import type { KeyPath } from './key-path.js';

export interface Finding {
  readonly path: KeyPath;
  /** Whether the caret goes under the key of the path or under its value. */
  readonly at: 'key' | 'value';
  /** The key path to show where it is not `path`, as for a key that is missing. */
  readonly where?: KeyPath;
  /** What is wrong, without a full stop. */
  readonly what: string;
  /** What to try, without a full stop. */
  readonly hint: string;
}
