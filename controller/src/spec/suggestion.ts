// SPDX-License-Identifier: Apache-2.0
/** Words the hint for a name that is not known. */
import { nearestName } from '@labsweep/proto';

/** A longer list would hide the rest of the message. */
const NAMES_LISTED_MAX = 12;

/** Asks for the nearest known name; where none is near, lists those there are. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  const listed = known.slice(0, NAMES_LISTED_MAX).map((each) => `\`${each}\``);
  const more = known.length > listed.length ? `, and ${known.length - listed.length} more` : '';
  return `known: ${listed.join(', ')}${more}`;
}
