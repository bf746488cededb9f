// SPDX-License-Identifier: Apache-2.0
/** The story of a run, a line per event, with true time; the last lines are kept for a failure. */
import type { World } from './machine/world.js';

const KEPT_LINES_MAX = 400;

export class Trace {
  private lines: string[] = [];

  constructor(
    private readonly world: World,
    /** Gets each line at once, when somebody reads along. */
    private readonly print: ((line: string) => void) | undefined,
  ) {}

  say(who: string, what: string): void {
    const seconds = (this.world.nowMs / 1_000).toFixed(3).padStart(10);
    const line = `${seconds} s  ${who.padEnd(14)} ${what}`;
    this.print?.(line);
    this.lines.push(line);
    if (this.lines.length > 2 * KEPT_LINES_MAX) this.lines = this.lines.slice(-KEPT_LINES_MAX);
  }

  last(count: number): readonly string[] {
    return this.lines.slice(-count);
  }
}
