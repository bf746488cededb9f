// SPDX-License-Identifier: Apache-2.0
/** What a watcher makes of commands is what the controller's fold makes of them. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { KernelName, RowId, Sha256, Submitted, SweepCommand, SweepId } from '@labsweep/proto';
import { SweepFollower } from './sweep-follower.js';

const SPEC = `
name = "window"
repetitions = 2
[kernels]
old = "host"
new = "host"
[workload]
source = "toggle.c"
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [1]
`;
const SWEEP = 'window-1a2b3c4d' as SweepId;
const SUBMITTED: Submitted = {
  type: 'submitted',
  sweep: SWEEP,
  atMs: 0,
  by: 'anna',
  specPath: 'window.toml',
  specText: SPEC,
  seed: 1,
  kernels: [],
  workload: { sha256: '0'.repeat(64) as Sha256, sizeBytes: 1, compiler: '', flags: [], files: [] },
};
const KERNEL = {
  kind: 'add-kernel',
  kernel: { name: 'third' as KernelName, source: 'host' },
} as const;

/** Follows these commands, and a decision of each block that is planned before and after them. */
function follow(...commands: readonly SweepCommand[]) {
  const follower = new SweepFollower();
  follower.take({ kind: 'entry', entry: SUBMITTED });
  const blocksOf = () => follower.record('running')?.plan.blocks ?? [];
  const decideAll = () => {
    for (const { id: block } of blocksOf()) {
      const decision = { block, attempt: 1, host: 'host-a' as never, complete: true };
      follower.take({ kind: 'decision', decision });
    }
  };
  decideAll();
  commands.forEach((command, index) => {
    const header = { sweep: SWEEP, id: `command-${index}`, atMs: index, by: 'anna' };
    follower.take({ kind: 'entry', entry: { type: 'commanded', ...header, command } });
  });
  decideAll();
  return { follower, blockCount: blocksOf().length };
}

test('a kernel that two users have added at once is there once', () => {
  const { follower, blockCount } = follow(KERNEL, KERNEL);
  assert.equal(blockCount, 4);
  assert.equal(follower.record('running')?.spec.kernels.length, 3);
  assert.deepEqual([...(follower.record('running')?.withoutEffect ?? [])], ['command-1']);
  assert.ok(follower.complete);
});

test('what was asked after the sweep was cancelled adds nothing', () => {
  const more = { kind: 'add-repetitions', count: 3 } as const;
  const { follower, blockCount } = follow({ kind: 'cancel' }, KERNEL, more);
  assert.equal(blockCount, 2);
  const { withoutEffect } = follower.record('cancelled') ?? {};
  assert.deepEqual([...(withoutEffect ?? [])], ['command-1', 'command-2']);
  assert.equal(follow(KERNEL, more).follower.record('running')?.withoutEffect, undefined);
});

test('a sweep is complete although a row was stopped before a block that was decided', () => {
  const row = 'scripted-smp1' as RowId;
  const { follower, blockCount } = follow({ kind: 'stop-row', row, repetitions: 1 });
  assert.equal(blockCount, 1);
  assert.ok(follower.complete);
});
