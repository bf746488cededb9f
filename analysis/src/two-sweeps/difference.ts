// SPDX-License-Identifier: Apache-2.0
/** One thing that is not the same in two sweeps which are put side by side. */

export interface SetupDifference {
  /** For readers, for example `workload sha256`. */
  readonly factor: string;
  readonly a: string;
  readonly b: string;
  /**
   * `identity`: other things were measured, so their levels have no ratio; `setting`: the same
   * thing was measured under another condition, which the ratio then shows as well; `detail`: it
   * says more about another difference.
   */
  readonly weight: 'identity' | 'setting' | 'detail';
}

const NONE = 'none';

/** Empty when both are the same. */
export function differenceIn(
  factor: string,
  weight: SetupDifference['weight'],
  values: { readonly a: string; readonly b: string },
): SetupDifference[] {
  const { a, b } = values;
  return a === b ? [] : [{ factor, a: a || NONE, b: b || NONE, weight }];
}
