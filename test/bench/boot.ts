// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the fast and the plain boot give the same numbers: pairs of trials of one kernel,
 * one of each boot, turn by turn.
 *
 *   npm run bench:boot -- [--pairs N] [--kernel SOURCE]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../e2e/labsweep-process.js';
import { pairsOfRows, reportPairs } from './pairs.js';
import { runSweep } from './run-sweep.js';

const KERNEL = 'debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64';
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    kernel: { type: 'string', default: KERNEL },
  },
});

const environment = (boot: string) => `[[environments]]
environment = "qemu-tcg"
smp = [1]
memory_mib = 1024
boot = "${boot}"
command_line = "tsc=unstable"
`;

const specOf = (boots: readonly string[]) => `name = "boot-bench"
repetitions = ${Math.ceil(Number(values.pairs) / 2)}
[kernels]
k = ${JSON.stringify(values.kernel)}
[workload]
source = "${join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c')}"
arguments = ["shared_dirty_full_toggle_64m", "2", "--iterations", "200"]
[workload.metrics]
iteration_ns_per_page = { unit = "ns/page", direction = "lower" }
${boots.map(environment).join('')}`;

const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));
try {
  const measure = (first: string, second: string) => {
    const specText = specOf([first, second]);
    const { results } = runSweep({ folder, name: `${first}-first`, specText });
    return pairsOfRows(results, 'iteration_ns_per_page');
  };
  // Who comes first changes, since a guest may find its host as the one before has left it.
  const swapped = measure('plain', 'fast').map(({ first, second }) => {
    return { first: second, second: first };
  });
  const pairs = [...measure('fast', 'plain'), ...swapped];
  const isWithin = reportPairs({
    first: 'fast boot',
    second: 'plain boot',
    unit: 'ns/page',
    pairs,
  });
  if (!isWithin) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
