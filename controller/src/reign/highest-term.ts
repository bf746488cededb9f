// SPDX-License-Identifier: Apache-2.0
/**
 * The highest term that this process has had or heard of. The store may lose its newest values, and
 * a clock may go back; what this process knows does not.
 */
export class HighestTerm {
  private known = 0;

  get value(): number {
    return this.known;
  }

  heardOf(term: number): void {
    this.known = Math.max(this.known, term);
  }
}
