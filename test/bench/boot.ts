// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the fast and the plain boot give the same numbers: boots of one kernel by the
 * runner that agents use, the fast and the plain way, turn by turn.
 *
 *   npm run bench:boot -- [--pairs N] [--boots N] [--kernel SOURCE]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMeasuringRunners } from '@labsweep/agent';
import type { BootPath } from '@labsweep/proto';
import { ROOT } from '../e2e/labsweep-process.js';
import { measurePair, reportPairs } from './pairs.js';
import { artifactPath, runSweep } from './run-sweep.js';
import { metricOf, orderOf } from './runner-order.js';

const KERNEL = 'debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64';
const METRIC = 'iteration_ns_per_page';
/** Half a second of measurement: boots differ, and the rounds inside one do not. */
const ARGUMENTS = ['shared_dirty_full_toggle_64m', '2', '--iterations', '30'];
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    boots: { type: 'string', default: '5' },
    kernel: { type: 'string', default: KERNEL },
  },
});

/** One short sweep compiles the reproducer and fetches the kernel, as for any user. */
const SPEC = `name = "boot-bench"
repetitions = 1
[kernels]
k = ${JSON.stringify(values.kernel)}
[workload]
source = "${join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c')}"
arguments = ${JSON.stringify(ARGUMENTS)}
[workload.metrics]
${METRIC} = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "qemu-tcg"
smp = [1]
`;

const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));
const runners = openMeasuringRunners({
  stateDirectory: folder,
  permissions: [],
  kernelDirectory: join(folder, 'unpacked'),
});
try {
  const { submitted } = runSweep({ folder, name: 'prepare', specText: SPEC }).results;
  const image = submitted.kernels[0]?.image;
  if (image === undefined) throw new Error('the sweep resolved no kernel');
  const boot = async (path: BootPath) => {
    const order = orderOf({
      environment: 'qemu-tcg',
      binaryPath: artifactPath(submitted.workload.sha256),
      arguments: ARGUMENTS,
      metric: METRIC,
      image: { path: artifactPath(image.sha256), release: image.release },
      boot: path,
    });
    const { outcome } = await runners.qemu.run(order, AbortSignal.timeout(order.deadlineMs * 2));
    return metricOf(outcome, METRIC);
  };
  // What happens once per kernel on a box is over before the first pair.
  await boot('fast');
  const sides = {
    first: { name: 'fast boot', measure: () => boot('fast') },
    second: { name: 'plain boot', measure: () => boot('plain') },
  };
  const pairs = [];
  for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
    pairs.push(await measurePair(sides, Number(values.boots)));
  }
  if (!reportPairs({ ...sides, unit: 'ns/page', pairs })) process.exitCode = 1;
} finally {
  await runners.close();
  rmSync(folder, { recursive: true, force: true });
}
