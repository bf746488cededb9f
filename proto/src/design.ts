// SPDX-License-Identifier: Apache-2.0
/** What a spec says of the design of its blocks. It holds no behaviour. */

/**
 * `interleaved`: kernels shuffled in each block by the seed; `listed`: as the spec lists them;
 * `sandwich`: the baseline first and once more at the end, the others between them by the seed.
 */
export type BlockOrder = 'interleaved' | 'listed' | 'sandwich';

/** Ends the second name of a baseline that each block runs twice. */
export const AGAIN_ENDING = '.again';

/** When a row has blocks enough. It is fixed with the spec, before anything is measured. */
export interface Precision {
  /** Half the width of the interval of each change in the primary metric, as a fraction. */
  readonly fraction: number;
  /** Blocks that a row gets in any case. */
  readonly repetitionsMin: number;
}
