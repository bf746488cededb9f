// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what can be read of a spec that may be wrong in places, so that one mistake does not hide
 * another. It reports nothing: what it cannot read has been reported by the schema.
 */
import { PURPOSE_REPETITIONS } from './defaults.js';
import { isTable } from './is-table.js';

export interface SpecDraft {
  /** Undefined when there is no table of kernels, so that no name can be looked up. */
  readonly kernels: readonly KernelDraft[] | undefined;
  readonly baseline: string | undefined;
  readonly gap: readonly { readonly key: string; readonly name: string }[];
  readonly workload: Readonly<Record<string, unknown>> | undefined;
  readonly attribution: Readonly<Record<string, unknown>> | undefined;
  readonly schedule: Readonly<Record<string, unknown>> | undefined;
  readonly hygiene: Readonly<Record<string, unknown>> | undefined;
  readonly environments: readonly EnvironmentDraft[];
  readonly repetitions: number | undefined;
  readonly repetitionsMin: number | undefined;
  readonly hasPrecision: boolean;
  /** Each block runs the baseline a second time. */
  readonly hasAgain: boolean;
  /** Blocks that each row, or each row of a guest, gets besides; 0 when none are asked for. */
  readonly auditRepetitions: number;
  readonly attributionRepetitions: number;
}

export interface KernelDraft {
  readonly name: string;
  readonly isHost: boolean;
}

/** Arrays keep their places: what is not of the right type is undefined. */
export interface EnvironmentDraft {
  readonly index: number;
  readonly environment: string | undefined;
  readonly smp: readonly (number | undefined)[];
  readonly memory: number | Readonly<Record<string, unknown>> | undefined;
  /** Undefined when the environment names none. */
  readonly kernels: readonly (string | undefined)[] | undefined;
  readonly commandLine: string | undefined;
  /** The whole table. */
  readonly keys: Readonly<Record<string, unknown>>;
}

export function readDraft(value: unknown): SpecDraft {
  const top = tableOf(value) ?? {};
  const kernels = tableOf(top.kernels);
  const environments = Array.isArray(top.environments) ? top.environments : [];
  return {
    kernels:
      kernels && Object.entries(kernels).flatMap(([name, source]) => readKernel(name, source)),
    baseline: stringOf(top.baseline),
    gap: Object.entries(tableOf(top.gap) ?? {}).flatMap(([key, name]) =>
      typeof name === 'string' ? [{ key, name }] : [],
    ),
    workload: tableOf(top.workload),
    attribution: tableOf(top.attribution),
    schedule: tableOf(top.schedule),
    hygiene: tableOf(top.hygiene),
    environments: environments.map(readEnvironment),
    repetitions: numberOf(top.repetitions),
    repetitionsMin: numberOf(top.repetitions_min),
    hasPrecision: top.precision !== undefined,
    hasAgain: top.aa === true || top.order === 'sandwich',
    auditRepetitions: readPurpose(top.audit),
    attributionRepetitions: readPurpose(top.attribution),
  };
}

/** An unquoted `v6.12` is a table `v6` with a key `12`; its user still means one kernel. */
function readKernel(name: string, source: unknown): readonly KernelDraft[] {
  const table = tableOf(source);
  if (table === undefined) return [{ name, isHost: source === 'host' }];
  return Object.entries(table).flatMap(([rest, inner]) => readKernel(`${name}.${rest}`, inner));
}

function readEnvironment(value: unknown, index: number): EnvironmentDraft {
  const table = tableOf(value) ?? {};
  return {
    index,
    environment: stringOf(table.environment),
    smp: Array.isArray(table.smp) ? table.smp.map(numberOf) : [],
    memory: numberOf(table.memory_mib) ?? tableOf(table.memory_mib),
    kernels: Array.isArray(table.kernels) ? table.kernels.map(stringOf) : undefined,
    commandLine: stringOf(table.command_line),
    keys: table,
  };
}

function readPurpose(value: unknown): number {
  const table = tableOf(value);
  return table === undefined ? 0 : (numberOf(table.repetitions) ?? PURPOSE_REPETITIONS);
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isTable(value) ? value : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
