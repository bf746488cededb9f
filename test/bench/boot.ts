// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the fast and the plain boot give the same numbers: boots of one kernel by the
 * runner that agents use, the fast and the plain way, turn by turn. Twice: with a virtual clock
 * that counts the guest's instructions, which no other load on the host can move, and by the wall
 * clock.
 *
 *   npm run bench:boot -- [--pairs N] [--boots N] [--kernel SOURCE] [--only counted|timed]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMeasuringRunners } from '@labsweep/agent';
import type { BootPath } from '@labsweep/proto';
import { ROOT } from '../e2e/labsweep-process.js';
import { measurePair, type Pair, reportPairs } from './pairs.js';
import { artifactPath, runSweep } from './run-sweep.js';
import { metricOf, orderOf } from './runner-order.js';

const KERNEL = 'debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64';
const METRIC = 'iteration_ns_per_page';
/**
 * Half a second of measurement: boots differ, and the rounds in one do not. The warm-up outlasts
 * the crypto self-tests of a plain boot, which go on for a moment behind the init's back.
 */
const ARGUMENTS = [
  ...['shared_dirty_full_toggle_64m', '2'],
  ...['--iterations', '30', '--warmup', '60'],
];
/**
 * A guest that boots faster is younger, and DAMON_STAT of 6.17 and later samples the page tables of
 * a young guest oftener: 3 % of this workload, which is the kernel's doing and not the boot's. And
 * only a plain boot has an unpacker that draws the kernel's addresses by lot.
 */
const COMMAND_LINE = 'tsc=unstable damon_stat.enabled=N nokaslr';
/** Every instruction of the guest takes 2 ns of its time, and idle time is skipped. */
const COUNTING = '-icount shift=1,sleep=off';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    boots: { type: 'string', default: '3' },
    kernel: { type: 'string', default: KERNEL },
    only: { type: 'string' },
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
const kernelDirectory = join(folder, 'unpacked');
try {
  const { submitted } = runSweep({ folder, name: 'prepare', specText: SPEC }).results;
  const counting = join(folder, 'qemu-that-counts');
  writeFileSync(counting, `#!/bin/sh\nexec qemu-system-x86_64 "$@" ${COUNTING}\n`, { mode: 0o755 });
  if (values.only !== 'timed') {
    console.log(`by the guest's instructions (${COUNTING}), 1 boot a side:`);
    const isWithin = await measureBoots({ submitted, qemuBinary: counting, boots: 1 });
    if (!isWithin) process.exitCode = 1;
  }
  if (values.only !== 'counted') {
    console.log(`by the wall clock, least of ${values.boots} boots a side:`);
    const isWithin = await measureBoots({ submitted, boots: Number(values.boots) });
    if (!isWithin) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** True when the ratio of the medians is within its limit. */
async function measureBoots(request: {
  readonly submitted: ReturnType<typeof runSweep>['results']['submitted'];
  readonly qemuBinary?: string;
  readonly boots: number;
}): Promise<boolean> {
  const { submitted, boots, ...rest } = request;
  const image = submitted.kernels[0]?.image;
  if (image === undefined) throw new Error('the sweep resolved no kernel');
  const place = { stateDirectory: folder, kernelDirectory, permissions: [] };
  const runners = openMeasuringRunners({ ...place, ...rest });
  const boot = async (path: BootPath) => {
    const order = orderOf({
      environment: 'qemu-tcg',
      binaryPath: artifactPath(submitted.workload.sha256),
      arguments: ARGUMENTS,
      metric: METRIC,
      image: { path: artifactPath(image.sha256), release: image.release },
      boot: path,
      commandLine: COMMAND_LINE,
    });
    const { outcome } = await runners.qemu.run(order, AbortSignal.timeout(order.deadlineMs * 2));
    return metricOf(outcome, METRIC);
  };
  try {
    // What happens once per kernel on a box is over before the first pair.
    await boot('fast');
    const sides = {
      first: { name: 'fast boot', measure: () => boot('fast') },
      second: { name: 'plain boot', measure: () => boot('plain') },
    };
    const pairs: Pair[] = [];
    for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
      pairs.push(await measurePair(sides, { runs: boots, take: 'least' }));
    }
    return reportPairs({ ...sides, unit: 'ns/page', pairs });
  } finally {
    await runners.close();
  }
}
