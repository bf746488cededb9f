// SPDX-License-Identifier: Apache-2.0
/** Writes the settings of a row that differ from their default, in the words of the spec. */
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  type GuestSettings,
  type NativeSettings,
  type PlannedRow,
} from '@labsweep/proto';

const MS_PER_S = 1000;

/** The spec's key for each setting; the compiler asks for each. */
const GUEST_KEYS: Readonly<Record<keyof GuestSettings, string>> = {
  machine: 'machine',
  cpuModel: 'cpu_model',
  numaNodes: 'numa',
  hugePages: 'huge_pages',
  preallocate: 'preallocate',
  overcommit: 'overcommit',
  boot: 'boot',
  trims: 'trims',
};
const NATIVE_KEYS: Readonly<Record<keyof NativeSettings, string>> = {
  cpus: 'cpus',
  coreClass: 'core_class',
  smpBy: 'smp_by',
  scheduler: 'scheduler',
  numaNode: 'numa_node',
  settleMs: 'settle_s',
};

/** For example `boot = "plain"`; empty for a row that leaves everything as it is. */
export function settingTexts({ guest, native, environment }: PlannedRow): readonly string[] {
  if (environment === 'native') {
    const { settleMs, ...rest } = native;
    const inSpec = { ...rest, settleMs: settleMs / MS_PER_S };
    return differences(inSpec, DEFAULT_NATIVE, NATIVE_KEYS);
  }
  return differences(guest, DEFAULT_GUEST, GUEST_KEYS);
}

function differences(
  settings: object,
  usual: object,
  keys: Readonly<Record<string, string>>,
): readonly string[] {
  const defaults = new Map(Object.entries(usual).map(([name, value]) => [name, written(value)]));
  return Object.entries(settings).flatMap(([name, value]) =>
    written(value) === defaults.get(name) ? [] : [`${keys[name]} = ${written(value)}`],
  );
}

/** As TOML has it, which is JSON but for the blanks in lists. */
function written(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(written).join(', ')}]` : JSON.stringify(value);
}
