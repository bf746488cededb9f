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

export class RowValues {
  /** A name's place is its number, and so is an attempt's. */
  private readonly scenarios: string[] = [];
  private readonly kernels: KernelName[] = [];
  private readonly attempts: AttemptName[] = [];
  private readonly names = new Map<string, AttemptName>();
  private readonly ofBlock = new Map<BlockId, readonly number[]>();
  /** By scenario, kernel and attempt; NaN where there is none. Few and long, since each costs. */
  private readonly values: number[][][] = [];

  set(
    at: AttemptName & { readonly block: BlockId },
    of: { readonly scenario: string; readonly kernel: KernelName },
    value: number,
  ): void {
    const [scenario, kernel] = [
      numberOf(this.scenarios, of.scenario),
      numberOf(this.kernels, of.kernel),
    ];
    this.values[scenario] ??= [];
    const ofScenario = this.values[scenario];
    while (ofScenario.length <= kernel) ofScenario.push([]);
    const column = ofScenario[kernel] ?? [];
    const attempt = this.attemptOf(at);
    while (column.length <= attempt) column.push(Number.NaN);
    column[attempt] = value;
  }

  /** The numbers of the attempts that count, one of a block at most. */
  counted(counting: (block: BlockId) => AttemptName | undefined): number[] {
    return [...this.ofBlock].flatMap(([block, attempts]) => {
      const name = counting(block);
      return (name && this.find(attempts, name)) ?? [];
    });
  }

  /** Scenario by scenario: what each of these attempts has of it, by kernel. */
  byScenario(attempts: readonly number[]): (readonly ReadonlyMap<KernelName, number>[])[] {
    return this.values.map((columns) =>
      attempts.flatMap((attempt) => {
        const some = this.kernels.flatMap((kernel, number) => {
          const value = columns[number]?.[attempt];
          return value === undefined || Number.isNaN(value) ? [] : [[kernel, value] as const];
        });
        return some.length === 0 ? [] : [new Map(some)];
      }),
    );
  }

  private attemptOf({ block, attempt, host }: AttemptName & { readonly block: BlockId }): number {
    const known = this.ofBlock.get(block) ?? [];
    const found = this.find(known, { attempt, host });
    if (found !== undefined) return found;
    const fresh = this.attempts.push(this.shared({ attempt, host })) - 1;
    this.ofBlock.set(block, known.concat(fresh));
    return fresh;
  }

  /** Few names are many attempts', and each entry of the log was read into strings of its own. */
  private shared(name: AttemptName): AttemptName {
    const key = `${name.attempt} ${name.host}`;
    const known = this.names.get(key) ?? name;
    this.names.set(key, known);
    return known;
  }

  private find(attempts: readonly number[], name: AttemptName): number | undefined {
    return attempts.find((number) => {
      const attempt = this.attempts[number];
      return attempt !== undefined && isSame(attempt, name);
    });
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
