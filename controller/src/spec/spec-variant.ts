// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the text of a spec that measures other kernels in one row of a spec, with its workload and
 * the conditions there. Keys that steer a sweep as a whole, such as `gap`, stay behind. It judges
 * nothing: the text is checked when it is submitted.
 */
import type { EnvironmentSpec, Shape, Spec } from '@labsweep/proto';
import { planRows } from '../plan/plan-rows.js';
import { readToml } from './toml.js';
import { tomlText } from './toml-text.js';

export interface SpecVariant {
  /** In the order in which `listed` runs them; the first is the baseline. */
  readonly kernels: readonly { readonly name: string; readonly source: string }[];
  readonly repetitions: number;
  readonly order: Spec['order'];
  /** Whether audits and attributions are kept. */
  readonly keepsPurposes: boolean;
  /** How often a block in which a kernel failed is run anew; as the spec has it when left out. */
  readonly rerun?: number;
}

/** Where a row of a spec comes from. */
export interface RowPlace {
  /** Of its `[[environments]]` table. */
  readonly index: number;
  readonly environment: EnvironmentSpec;
  readonly shape: Shape;
}

/** Undefined when the spec has no timing row of this id. */
export function rowPlace(spec: Spec, row: string): RowPlace | undefined {
  const places = spec.environments.flatMap((environment, index) =>
    environment.shapes.map((shape) => ({ index, environment, shape })),
  );
  const timing = planRows(spec).filter(({ purpose }) => purpose === 'timing');
  return places[timing.findIndex(({ id }) => id === row)];
}

type Table = Record<string, unknown>;

/** `text` is that of a faultless spec. */
export function specVariant(text: string, place: RowPlace, variant: SpecVariant): string {
  const toml = readToml(text.replace(/^\uFEFF/, ''));
  if (!toml.ok) throw new Error(`not the text of a spec: ${toml.error.message}`);
  const { name, seed, workload, hygiene, schedule, audit, attribution, environments } = toml
    .document.value as Table;
  const names = variant.kernels.map(({ name }) => name);
  const environment = (environments as readonly Table[])[place.index] ?? {};
  const { rerun, keepsPurposes } = variant;
  return tomlText({
    name,
    seed,
    baseline: names[0],
    repetitions: variant.repetitions,
    order: variant.order,
    kernels: Object.fromEntries(variant.kernels.map(({ name, source }) => [name, source])),
    workload,
    environments: [{ ...withShape(environment, place.shape), kernels: names }],
    hygiene,
    schedule: rerun === undefined ? schedule : { ...(schedule as Table | undefined), rerun },
    audit: keepsPurposes ? audit : undefined,
    attribution: keepsPurposes ? attribution : undefined,
  });
}

/** A table of memory sizes by CPU count would name rows that are gone. */
function withShape(environment: Table, { smp, memoryMib }: Shape): Table {
  const hasMemory = environment.memory_mib !== undefined;
  return { ...environment, smp: [smp], ...(hasMemory ? { memory_mib: memoryMib } : {}) };
}
