// SPDX-License-Identifier: Apache-2.0
/** How long a million trials take to plan, and how much memory. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';

const PROGRAM = fileURLToPath(new URL('./plan-million.js', import.meta.url));
const SECONDS_MAX = 2;
const MEGABYTES_MAX = 400;

export function measurePlanning(): Figure[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`planning failed: ${stderr}`);
  const { planMs, peakKib, trials } = JSON.parse(stdout);
  const what = `plan ${Number(trials).toLocaleString('en-US')} trials`;
  return [
    { name: what, measured: planMs / 1_000, unit: 's', asked: { atMost: SECONDS_MAX } },
    {
      name: `${what}: memory`,
      measured: (peakKib * 1_024) / 1e6,
      unit: 'MB',
      asked: { atMost: MEGABYTES_MAX },
      note: 'all of the process, at its peak',
    },
  ];
}
