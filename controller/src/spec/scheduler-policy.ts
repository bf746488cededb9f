// SPDX-License-Identifier: Apache-2.0
/** Reads a scheduling policy such as `batch` or `fifo:50`. It sets nothing. */
import { nearestName } from '@labsweep/proto';
import { PRIORITY_MAX } from './limits.js';
import type { TextResult } from './text-result.js';

const PLAIN = ['other', 'batch', 'idle'];
const REAL_TIME = ['fifo', 'rr'];
const KNOWN = 'known are `other`, `batch`, `idle`, `fifo:<priority>` and `rr:<priority>`';

/** Keeps the text, which travels as it is. */
export function parseScheduler(text: string): TextResult<string> {
  const [policy = '', priority] = text.split(/:(.*)/s, 2);
  if (PLAIN.includes(policy) && priority === undefined) return { ok: true, value: text };
  if (PLAIN.includes(policy)) {
    return { ok: false, what: `\`${policy}\` has no priority`, hint: `write \`${policy}\`` };
  }
  if (!REAL_TIME.includes(policy)) {
    const nearest = nearestName(policy, [...PLAIN, ...REAL_TIME]);
    const hint = nearest === undefined ? KNOWN : `did you mean \`${nearest}\`?`;
    return { ok: false, what: `unknown scheduling policy \`${text}\``, hint };
  }
  const isPriority = /^[0-9]{1,2}$/.test(priority ?? '') && Number(priority) >= 1;
  if (isPriority) return { ok: true, value: text };
  const what = `\`${policy}\` needs a priority of 1..${PRIORITY_MAX}`;
  return { ok: false, what, hint: `write it as \`${policy}:50\`` };
}
