// SPDX-License-Identifier: Apache-2.0
/**
 * The gate as one sitting has it: a sitting that is over must leave it shut, and never touch it
 * again. Opened, agents and users would stay with a loop that decides nothing; shut, they would not
 * find the one that does.
 */
import type { Gate } from '@labsweep/controller';

type Handlers = Parameters<Gate['open']>[0];

export class WatchedGate {
  private isOpen = false;
  private isOver = false;

  constructor(
    private readonly gate: Gate,
    private readonly onDefect: (error: Error) => void,
  ) {}

  open(handlers: Handlers): void {
    if (this.isOver) this.onDefect(new Error('a sitting that is over opens the gate'));
    this.isOpen = true;
    this.gate.open(handlers);
  }

  shut(reason: string): void {
    if (this.isOver) this.onDefect(new Error('a sitting that is over shuts the gate'));
    this.isOpen = false;
    this.gate.shut(reason);
  }

  /** Called when its `run` has settled. */
  sittingEnded(): void {
    this.isOver = true;
    if (this.isOpen) this.onDefect(new Error('a sitting that is over leaves the gate open'));
  }
}
