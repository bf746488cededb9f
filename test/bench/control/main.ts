// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run bench:control`: what the control plane does beside the raw limits of the same minute.
 * Prints asked and measured side by side; exit code 1 when one of them is broken.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEfficiency } from './efficiency.js';
import { FIGURE_HEAD, type Figure, figureLine, isMet } from './figure.js';
import { measurePlanning } from './planning.js';
import { measureRawStream, withRawPublisher } from './raw-limits.js';
import { measureReading } from './reading.js';
import { measureSettling } from './settling.js';
import { measureStartUp } from './start-up.js';

const PARTS = ['raw', 'plan', 'read', 'fold', 'settle', 'efficiency'] as const;
const USAGE = `usage: npm run bench:control -- [--only LIST] [--profile DIR] [--agents N]
                              [--seconds N] [--outcomes N] [--precision P]
  --only LIST     of ${PARTS.join(',')}
  --profile DIR   writes CPU profiles of controller and agents there
  --agents N      for 'settle' (default: 1000)
  --seconds N     of 'settle' that are measured, behind 20 to warm up (default: 20)
  --outcomes N    to fold at start-up (default: 1000000)
  --precision P   that their sweep asks for, as 2% (default: none)`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    profile: { type: 'string' },
    agents: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    outcomes: { type: 'string', default: '1000000' },
    precision: { type: 'string', default: '' },
  },
});
const only = new Set(values.only.split(','));
const unknown = [...only].find((name) => !(PARTS as readonly string[]).includes(name));
if (unknown !== undefined) {
  console.error(`bench:control: '${unknown}' is no part\n${USAGE}`);
  process.exit(2);
}
const profile = values.profile === undefined ? undefined : resolve(values.profile);
if (profile !== undefined) mkdirSync(profile, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const agents = Number(values.agents);
const seconds = Number(values.seconds);
const figures: Figure[] = [];
const show = (some: readonly Figure[]) => {
  for (const figure of some) console.log(figureLine(figure));
  figures.push(...some);
};
console.log(FIGURE_HEAD);
if (only.has('raw')) show(await measureRawStream());
if (only.has('settle') || only.has('raw')) {
  await withRawPublisher(join(folder, 'raw'), agents, async (raw) => {
    if (only.has('settle')) {
      const options = { folder: join(folder, 'settle'), profile, seconds, agents };
      show(await measureSettling(options, raw));
    } else {
      await raw.rate();
      show(raw.figures());
    }
  });
}
if (only.has('plan')) show(measurePlanning());
if (only.has('read')) show(measureReading());
if (only.has('fold')) {
  const { outcomes, precision } = values;
  show(await measureStartUp(join(folder, 'fold'), Number(outcomes), { profile, precision }));
}
if (only.has('efficiency')) {
  show(await measureEfficiency({ folder: join(folder, 'efficiency'), profile }));
}
const broken = figures.filter((figure) => !isMet(figure));
console.log(broken.length === 0 ? 'all figures are met' : `${broken.length} figures are broken`);
process.exit(broken.length === 0 ? 0 : 1);
