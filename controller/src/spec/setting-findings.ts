// SPDX-License-Identifier: Apache-2.0
/**
 * Finds settings of an environment that do not go together with each other, or with its shapes. It
 * looks only at keys that are where they belong.
 */
import { countCpus } from './cpu-list.js';
import type { Finding } from './finding.js';
import type { KeyPath } from './key-path.js';
import type { EnvironmentDraft } from './spec-draft.js';

export function findSettingProblems(draft: EnvironmentDraft): readonly Finding[] {
  return [
    ...findUnevenNodes(draft),
    ...findFlatMachine(draft),
    ...findUnbackedHugePages(draft),
    ...findRepeatedTrims(draft),
    ...findTooFewCpus(draft),
  ];
}

/** The CPUs and the memory of a guest are divided evenly among its nodes. */
function findUnevenNodes({ index, smp, memory, keys }: EnvironmentDraft): readonly Finding[] {
  const { numa } = keys;
  if (typeof numa !== 'number' || numa < 2) return [];
  const path: KeyPath = ['environments', index, 'numa'];
  const refuse = (what: string, hint: string): Finding[] => [{ path, at: 'value', what, hint }];
  const uneven = smp.find((count) => count !== undefined && count % numa !== 0);
  if (uneven !== undefined) {
    const what = `${numa} nodes do not divide the CPUs of SMP ${uneven}`;
    return refuse(what, `use SMP counts that ${numa} divides, such as ${numa} or ${2 * numa}`);
  }
  const sizes =
    memory === undefined || typeof memory === 'number' ? [memory] : Object.values(memory);
  const odd = sizes.find((mib) => typeof mib === 'number' && mib % numa !== 0);
  if (odd === undefined) return [];
  return refuse(
    `${numa} nodes do not divide ${odd} MiB of memory`,
    `use a \`memory_mib\` that ${numa} divides`,
  );
}

/** QEMU's microvm has one node and no way to tell the guest of more. */
function findFlatMachine({ index, keys }: EnvironmentDraft): readonly Finding[] {
  const { machine, numa } = keys;
  if (machine !== 'microvm' || typeof numa !== 'number' || numa < 2) return [];
  const path: KeyPath = ['environments', index, 'machine'];
  const hint = 'take `machine = "q35"`, or leave `numa` out';
  return [{ path, at: 'value', what: '`microvm` has no NUMA nodes', hint }];
}

function findUnbackedHugePages({ index, keys }: EnvironmentDraft): readonly Finding[] {
  if (keys.huge_pages !== true || keys.preallocate !== false) return [];
  const path: KeyPath = ['environments', index, 'preallocate'];
  const what = 'huge pages are always preallocated';
  return [{ path, at: 'value', what, hint: 'leave `preallocate` out' }];
}

function findRepeatedTrims({ index, keys }: EnvironmentDraft): readonly Finding[] {
  const trims: readonly unknown[] = Array.isArray(keys.trims) ? keys.trims : [];
  return trims.flatMap((trim, place) => {
    if (trims.indexOf(trim) === place) return [];
    const path: KeyPath = ['environments', index, 'trims', place];
    const hint = 'name it once';
    return [{ path, at: 'value' as const, what: `\`${String(trim)}\` is listed twice`, hint }];
  });
}

/** Natively each CPU of a row is one of the host's, so a list of them bounds the SMP counts. */
function findTooFewCpus({ index, smp, keys }: EnvironmentDraft): readonly Finding[] {
  const named = typeof keys.cpus === 'string' ? countCpus(keys.cpus) : undefined;
  if (named === undefined) return [];
  return smp.flatMap((count, place) => {
    if (count === undefined || count <= named) return [];
    const path: KeyPath = ['environments', index, 'smp', place];
    const what = `SMP ${count} is more than the ${named} of \`cpus = "${String(keys.cpus)}"\``;
    return [{ path, at: 'value' as const, what, hint: 'name more CPUs, or ask for fewer' }];
  });
}
