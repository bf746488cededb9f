// SPDX-License-Identifier: Apache-2.0
/**
 * Cuts a spec into the lines of its table: environment x shape, each with an id of its own, and
 * into the audit and attribution rows that run beside them.
 */

import { strict as assert } from 'node:assert';
import type { EnvironmentSpec, PlannedRow, Purpose, RowId, Shape, Spec } from '@labsweep/proto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** The timing rows in the order of the spec, then those that are never in the statistics. */
export function planRows(spec: Spec): readonly PlannedRow[] {
  const timing = planTimingRows(spec);
  const guests = timing.filter((row) => row.environment.startsWith('qemu'));
  return [
    ...timing,
    ...(spec.audit === undefined ? [] : timing.map((row) => besides(row, 'audit'))),
    ...(spec.attribution === undefined ? [] : guests.map((row) => besides(row, 'attribution'))),
  ];
}

/** The same row for another purpose. No timing row has such an id: they end in one letter. */
function besides(row: PlannedRow, purpose: Purpose): PlannedRow {
  return { ...row, id: `${row.id}-${purpose}` as RowId, purpose, of: row.id };
}

/** Rows that would share an id are told apart by letters, all of them. */
function planTimingRows(spec: Spec): readonly PlannedRow[] {
  const drafts = spec.environments.flatMap((environment) =>
    environment.shapes.map((shape) => ({ environment, shape, id: plainId(environment, shape) })),
  );
  const counts = new Map<string, number>();
  for (const { id } of drafts) counts.set(id, (counts.get(id) ?? 0) + 1);
  const seen = new Map<string, number>();
  return drafts.map(({ environment, shape, id }) => {
    const place = seen.get(id) ?? 0;
    seen.set(id, place + 1);
    const letter = LETTERS[place];
    assert(letter, 'a spec has at most 26 environments, so an id has at most 26 rows');
    const isShared = (counts.get(id) ?? 0) > 1;
    return planRow(environment, shape, (isShared ? `${id}-${letter}` : id) as RowId);
  });
}

function plainId(environment: EnvironmentSpec, shape: Shape): string {
  return `${environment.environment}-smp${shape.smp}`;
}

function planRow(environment: EnvironmentSpec, shape: Shape, id: RowId): PlannedRow {
  return {
    id,
    purpose: 'timing',
    of: id,
    environment: environment.environment,
    shape,
    kernels: environment.kernels,
    commandLine: environment.commandLine,
    deadlineMs: environment.deadlineMs,
    estimateMs: environment.estimateMs,
    guest: environment.guest,
    native: environment.native,
  };
}
