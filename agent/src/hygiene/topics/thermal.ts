// SPDX-License-Identifier: Apache-2.0
/** Heat, and the throttling that the processor counts when there is too much of it. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { disturbs, growthOf } from '../change.js';
import { CPU, factOf, type HostView } from '../host-view.js';
import { DETAILED_CPUS_MAX } from '../hygiene-limits.js';
import type { Change, Finding, Topic } from '../topic.js';

/** Sensors inside the processor. Others sit behind slow buses, and asking a disk wakes it up. */
const SENSORS = new Set(['coretemp', 'k10temp', 'zenpower', 'cpu_thermal', 'soc_thermal']);
const TEMPERATURES_MAX = 16;

const COUNTS = ['core_throttle_count', 'package_throttle_count'];
const TIMES = ['core_throttle_total_time_ms', 'package_throttle_total_time_ms'];

export const thermal: Topic = {
  name: 'thermal',
  read: (view) => ({
    ...Object.fromEntries(COUNTS.map((name) => [name, sumOf(view, name, view.cpus)])),
    ...Object.fromEntries(
      TIMES.map((name) => [name, sumOf(view, name, view.cpus.slice(0, DETAILED_CPUS_MAX))]),
    ),
    temperature_millicelsius: hottest(view),
  }),
  judge: (change) => COUNTS.flatMap((name) => judgeCount(change, name)),
  advise: (state) => {
    const temperature = describeTemperature(state);
    const count = COUNTS.reduce((sum, name) => sum + (Number(state[name]) || 0), 0);
    if (COUNTS.every((name) => state[name] === ABSENT)) {
      return { verdict: 'note', state: `${temperature}; no throttle counters here` };
    }
    if (count === 0) return { verdict: 'ok', state: `${temperature}, never throttled` };
    return {
      verdict: 'note',
      state: `${temperature}, throttled ${count} times since the start`,
      why: 'mend cooling or lower the power limit; trials that are throttled are run again',
    };
  },
};

function sumOf(view: HostView, name: string, cpus: readonly number[]): string {
  const values = cpus
    .map((cpu) => factOf(view, `${CPU}/cpu${cpu}/thermal_throttle/${name}`))
    .filter((value) => value !== ABSENT);
  return values.length === 0 ? ABSENT : String(values.reduce((sum, v) => sum + Number(v), 0));
}

function hottest(view: HostView): string {
  const all = view.names('sys/class/hwmon').flatMap((chip) => {
    const folder = `sys/class/hwmon/${chip}`;
    if (!SENSORS.has(factOf(view, `${folder}/name`))) return [];
    const inputs = view.names(folder).filter((name) => /^temp\d+_input$/.test(name));
    return inputs
      .slice(0, TEMPERATURES_MAX)
      .map((name) => Number(factOf(view, `${folder}/${name}`)));
  });
  const known = all.filter(Number.isFinite);
  return known.length === 0 ? ABSENT : String(Math.max(...known));
}

function judgeCount(change: Change, name: string): readonly Finding[] {
  const count = growthOf(change, name) ?? 0;
  if (count <= 0) return [];
  const what = name.split('_')[0];
  const { before, after } = change;
  const heat = `${describeTemperature(before)} before, ${describeTemperature(after)} after`;
  return [disturbs(`the ${what} was throttled: count grew by ${count} (${heat})`)];
}

function describeTemperature({ temperature_millicelsius: value }: Facts): string {
  return value === undefined || value === ABSENT
    ? 'temperature absent'
    : `${(Number(value) / 1000).toFixed(0)} C`;
}
