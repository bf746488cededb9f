// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { SweepId, TrialEnded } from '@labsweep/proto';
import { type Parcel, Parcels } from './parcels.js';
import type { SpoolEntry } from './spool-entry.js';
import { sampleEntry, sampleOutcome } from './testing/sample-outcome.js';

function newParcels() {
  const ready: Parcel[] = [];
  const parcels = new Parcels((parcel) => ready.push(parcel));
  const kernels = () => ready.map((parcel) => parcel.map(kernelOf).join('+'));
  return { parcels, ready, add: (entry: SpoolEntry) => parcels.add(entry), kernels };
}

/** Of an id `sweep/row/r1/kernel/a1/host`. */
const kernelOf = ({ id }: SpoolEntry) => id.split('/')[3];

const short = (kernel: string, changes: Partial<TrialEnded> = {}) =>
  sampleEntry(kernel, { durationMs: 100, ...changes });

test('short trials wait for company two seconds long, and until the block ends', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parcels, add, kernels } = newParcels();
  add(short('a'));
  context.mock.timers.tick(1_200);
  add(short('b'));
  assert.deepEqual(kernels(), []);
  context.mock.timers.tick(800);
  assert.deepEqual(kernels(), ['a+b']);
  add(short('c'));
  parcels.seal();
  context.mock.timers.tick(5_000);
  assert.deepEqual(kernels(), ['a+b', 'c']);
});

test('a longer trial goes at once, and takes along those that wait', () => {
  const { add, kernels } = newParcels();
  add(sampleEntry('a'));
  add(short('b'));
  add(sampleEntry('c'));
  assert.deepEqual(kernels(), ['a', 'b+c']);
});

test('a message holds outcomes of one sweep, and no more than every broker takes', () => {
  const { parcels, add, kernels } = newParcels();
  add(short('a'));
  add(short('b', { sweep: 'other-5e6f7a8b' as SweepId }));
  const { outcome } = sampleOutcome('');
  const facts = { text: 'x'.repeat(40 * 1024) };
  for (const kernel of ['c', 'd']) add(short(kernel, { outcome: { ...outcome, facts } }));
  parcels.seal();
  assert.deepEqual(kernels(), ['a', 'b', 'c', 'd']);
});

test('what is sent again goes with the same others, until it is forgotten', () => {
  const { parcels, ready, add } = newParcels();
  const [a, b] = [short('a'), short('b')];
  add(a);
  assert.ok(parcels.isWaiting(a.id) && parcels.has(a.id));
  add(b);
  parcels.seal();
  assert.ok(!parcels.isWaiting(a.id) && parcels.has(a.id));
  assert.equal(parcels.of(b), ready[0]);
  assert.equal(parcels.forget(b.id), ready[0]);
  assert.ok(!parcels.has(b.id));
  assert.deepEqual(parcels.of(b), [b]);
  assert.equal(parcels.of(a), ready[0]);
});
