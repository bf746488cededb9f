// SPDX-License-Identifier: Apache-2.0
/** Cuts a spec into the lines of its table: environment x shape, each with an id of its own. */

import { strict as assert } from 'node:assert';
import type { EnvironmentSpec, PlannedRow, RowId, Shape, Spec } from '@labsweep/proto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** In the order of the spec. Rows that would share an id are told apart by letters, all of them. */
export function planRows(spec: Spec): readonly PlannedRow[] {
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
