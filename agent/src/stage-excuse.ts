// SPDX-License-Identifier: Apache-2.0
/** PURE. When a stage of a block waits for something outside, which does not count as hanging. */
import type { Publisher } from './publisher.js';
import type { StageName } from './runner/stage-limits.js';
import type { OutcomeSpool } from './spool.js';

export interface Waiting {
  readonly spool: Pick<OutcomeSpool, 'trouble'>;
  readonly publisher: Pick<Publisher, 'isStalled'>;
}

/**
 * A disk may be full, and a broker or a controller away, for as long as they like: the block is
 * kept. A publisher that hangs although its broker is there keeps it for the limit of the stage.
 */
export function isExcused(stage: StageName, { spool, publisher }: Waiting): boolean {
  if (stage === 'spool') return (spool.trouble ?? '') !== '';
  return stage === 'fold' && !publisher.isStalled;
}
