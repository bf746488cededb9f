// SPDX-License-Identifier: Apache-2.0
/**
 * What must hold after every step, whatever happened. A checker looks and complains; the first
 * complaint ends the run.
 */
import type { Lab, SimHost } from '../lab/lab.js';
import type { SimController } from '../lab/sim-controller.js';
import type { LabWatch } from '../lab/watch.js';

/** A promise of the product that a run has broken. */
export class ViolationError extends Error {
  constructor(
    readonly promise: string,
    readonly detail: string,
  ) {
    super(`${promise}: ${detail}`);
  }
}

export interface Checker extends Partial<LabWatch> {
  /** After each event, with everything that came of it. */
  afterStep?(lab: Lab): void;
  /** When the sweep is over and everything is mended. */
  atEnd?(lab: Lab): void;
}

/** Tells all checkers what happens; a complaint is kept, as it comes in the middle of a step. */
export class CheckerList implements LabWatch {
  violation: ViolationError | undefined;

  private readonly afterSteps: readonly Checker[];

  constructor(private readonly checkers: readonly Checker[]) {
    this.afterSteps = checkers.filter(({ afterStep }) => afterStep !== undefined);
  }

  controllerSaid: LabWatch['controllerSaid'] = (...what) =>
    this.each((checker) => checker.controllerSaid?.(...what));

  controllerAppends: LabWatch['controllerAppends'] = (...what) =>
    this.each((checker) => checker.controllerAppends?.(...what));

  controllerHeard: LabWatch['controllerHeard'] = (...what) =>
    this.each((checker) => checker.controllerHeard?.(...what));

  agentHeard: LabWatch['agentHeard'] = (...what) =>
    this.each((checker) => checker.agentHeard?.(...what));

  folded: LabWatch['folded'] = (...what) => this.each((checker) => checker.folded?.(...what));

  logShrank: LabWatch['logShrank'] = (...what) =>
    this.each((checker) => checker.logShrank?.(...what));

  afterStep(lab: Lab): void {
    this.each((checker) => checker.afterStep?.(lab), this.afterSteps);
  }

  atEnd(lab: Lab): void {
    this.each((checker) => checker.atEnd?.(lab));
  }

  private each(look: (checker: Checker) => void, checkers = this.checkers): void {
    for (const checker of checkers) {
      try {
        look(checker);
      } catch (error) {
        if (!(error instanceof ViolationError)) throw error;
        this.violation ??= error;
      }
    }
  }
}

/** For messages. */
export function nameOf(party: SimHost | SimController): string {
  return 'process' in party && party.process !== undefined ? party.process.name : 'somebody';
}
