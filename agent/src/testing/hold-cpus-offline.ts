// SPDX-License-Identifier: Apache-2.0
/**
 * A process that runs one native trial without an end, with all other CPUs offline: for the test
 * that kills it. Arguments: binary, scratch directory, journal directory, and a mark by
 * which the reproducer is found.
 */
import { strict as assert } from 'node:assert';
import { DEFAULT_NATIVE } from '@labsweep/proto';
import { createNativeRunner } from '../runner/native.js';
import { makeOrder } from './order.js';

const [binaryPath, scratchDirectory, journalDirectory, mark] = process.argv.slice(2);
assert(binaryPath !== undefined && scratchDirectory !== undefined);
assert(journalDirectory !== undefined && mark !== undefined);
const runner = createNativeRunner({
  scratchDirectory,
  journalDirectory,
  permissions: ['offline-cpus'],
});
const order = makeOrder({
  environment: 'native',
  native: { ...DEFAULT_NATIVE, smpBy: 'offline' },
  workload: { binaryPath, arguments: [mark] },
});
const { outcome } = await runner.run(order, AbortSignal.timeout(order.deadlineMs));
process.stderr.write(`ended: ${outcome.status} ${outcome.failure?.message}\n`);
