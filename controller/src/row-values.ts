// SPDX-License-Identifier: Apache-2.0
/**
 * PURE. The values of one metric in all blocks of a row, in as little memory as they take: a sweep
 * that asks for a precision has them in the controller for as long as it may get more blocks.
 */
import type { BlockId, HostId, KernelName } from '@labsweep/proto';

/** Names an attempt of a block. */
export interface AttemptName {
  readonly attempt: number;
  readonly host: HostId;
}

/** Of one attempt of one block. */
export interface AttemptValues extends AttemptName {
  /** By the numbers of the scenario and of the kernel; NaN where there is none. */
  readonly values: number[][];
}

export class RowValues {
  /** A name's place is its number. */
  private readonly scenarios: string[] = [];
  private readonly kernels: KernelName[] = [];
  private readonly hosts: HostId[] = [];
  private readonly blocks = new Map<BlockId, AttemptValues[]>();

  set(
    at: AttemptName & { readonly block: BlockId },
    of: { readonly scenario: string; readonly kernel: KernelName },
    value: number,
  ): void {
    const { values } = this.attemptOf(at);
    const scenario = numberOf(this.scenarios, of.scenario);
    while (values.length <= scenario) values.push([]);
    const ofScenario = values[scenario] ?? [];
    const kernel = numberOf(this.kernels, of.kernel);
    while (ofScenario.length <= kernel) ofScenario.push(Number.NaN);
    ofScenario[kernel] = value;
  }

  /** Of each block the attempt that counts, where one does. */
  counted(counting: (block: BlockId) => AttemptName | undefined): AttemptValues[] {
    return [...this.blocks].flatMap(([block, attempts]) => {
      const name = counting(block);
      return (name && attempts.find((each) => isSame(each, name))) ?? [];
    });
  }

  /** Scenario by scenario: what each of these attempts has of it, by kernel. */
  byScenario(attempts: readonly AttemptValues[]): (readonly ReadonlyMap<KernelName, number>[])[] {
    return this.scenarios.map((_, scenario) =>
      attempts.flatMap(({ values }) => {
        const some = (values[scenario] ?? []).flatMap((value, kernel) => {
          const name = this.kernels[kernel];
          return name === undefined || Number.isNaN(value) ? [] : [[name, value] as const];
        });
        return some.length === 0 ? [] : [new Map(some)];
      }),
    );
  }

  private attemptOf({ block, attempt, host }: AttemptName & { readonly block: BlockId }) {
    const known = this.blocks.get(block);
    const found = known?.find((each) => isSame(each, { attempt, host }));
    if (found !== undefined) return found;
    // Each entry of the log was read into strings of its own.
    const name = this.hosts[numberOf(this.hosts, host)] ?? host;
    const fresh: AttemptValues = { attempt, host: name, values: [] };
    if (known === undefined) this.blocks.set(block, [fresh]);
    else known.push(fresh);
    return fresh;
  }
}

function isSame(one: AttemptName, other: AttemptName): boolean {
  return one.attempt === other.attempt && one.host === other.host;
}

/** A name that is new gets the next number. */
function numberOf<Name>(names: Name[], name: Name): number {
  const known = names.indexOf(name);
  return known < 0 ? names.push(name) - 1 : known;
}
