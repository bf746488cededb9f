// SPDX-License-Identifier: Apache-2.0
/** Finds an attribution that nothing can answer, and functions that are named twice. */
import type { Finding } from './finding.js';
import type { SpecDraft } from './spec-draft.js';

export function findPurposeProblems(draft: SpecDraft): readonly Finding[] {
  const { attribution, environments } = draft;
  if (attribution === undefined) return [];
  return [...findNoGuest(environments), ...findRepeatedFunctions(attribution)];
}

/** The functions are counted by the kernel of a guest: a host's tracer would disturb the host. */
function findNoGuest(environments: SpecDraft['environments']): readonly Finding[] {
  if (environments.length === 0) return [];
  const known = environments.filter((each) => each.environment !== undefined);
  if (known.length === 0 || known.some((each) => each.environment?.startsWith('qemu'))) return [];
  const what = 'no environment runs guests, and only their kernels are profiled';
  const hint = 'take `[attribution]` out, or add an environment of `qemu`';
  return [{ path: ['attribution'], at: 'value', what, hint }];
}

function findRepeatedFunctions(attribution: Readonly<Record<string, unknown>>): Finding[] {
  const { functions } = attribution;
  const names: readonly unknown[] = Array.isArray(functions) ? functions : [];
  return names.flatMap((name, index): Finding[] => {
    if (names.indexOf(name) === index) return [];
    const path = ['attribution', 'functions', index];
    const what = `\`${String(name)}\` is listed twice`;
    return [{ path, at: 'value', what, hint: 'name it once' }];
  });
}
