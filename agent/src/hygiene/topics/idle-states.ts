// SPDX-License-Identifier: Apache-2.0
/** How deeply idle CPUs sleep: waking up takes up to hundreds of microseconds. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { disturbs } from '../change.js';
import { CPU, factOf, type HostView } from '../host-view.js';
import { DETAILED_CPUS_MAX } from '../hygiene-limits.js';
import type { Topic } from '../topic.js';

const STATES_MAX = 16;

export const idleStates: Topic = {
  name: 'idle-states',
  read: (view) => ({
    cpuidle_driver: factOf(view, `${CPU}/cpuidle/current_driver`),
    cpuidle_governor: factOf(view, `${CPU}/cpuidle/current_governor`),
    ...readStates(view),
    dma_latency_us: readDmaLatency(view),
  }),
  judge: ({ before, after }) =>
    // A bound that was there is held by us or by somebody else; without it CPUs sleep deeper.
    before.dma_latency_us === '0' && after.dma_latency_us !== '0'
      ? [disturbs(`the hold on deep idle states was lost (${after.dma_latency_us} us now)`)]
      : [],
  advise: (state) => {
    if (state.idle_states === ABSENT) return { verdict: 'note', state: 'absent' };
    const text = `${state.cpuidle_driver}: ${state.idle_states}`;
    return {
      verdict: 'note',
      state: text,
      why: '[hygiene] mode = "enforce" keeps CPUs awake in a trial',
    };
  },
};

/** `C6!` is a state that is disabled. Time and count are sums over the trial's CPUs. */
function readStates(view: HostView): Facts {
  const folderOf = (cpu: number) => `${CPU}/cpu${cpu}/cpuidle`;
  const cpus = view.cpus.slice(0, DETAILED_CPUS_MAX);
  const [first] = cpus;
  const states =
    first === undefined
      ? []
      : view.names(folderOf(first)).filter((name) => /^state\d+$/.test(name));
  const named = states.slice(0, STATES_MAX).map((state) => {
    const path = `${folderOf(first ?? 0)}/${state}`;
    const sum = (file: string) =>
      cpus.reduce((total, cpu) => total + numberIn(view, `${folderOf(cpu)}/${state}/${file}`), 0);
    return {
      name: `${factOf(view, `${path}/name`)}${factOf(view, `${path}/disable`) === '1' ? '!' : ''}`,
      timeUs: sum('time'),
      usage: sum('usage'),
    };
  });
  const list = (of: (state: (typeof named)[number]) => string) => named.map(of).join(',') || ABSENT;
  return {
    idle_states: list(({ name }) => name),
    idle_times_us: list(({ timeUs }) => String(timeUs)),
    idle_counts: list(({ usage }) => String(usage)),
  };
}

const numberIn = (view: HostView, path: string) => Number(view.text(path) ?? 0) || 0;

/** The device gives the bound in force as four bytes. */
function readDmaLatency(view: HostView): string {
  const bytes = view.bytes('dev/cpu_dma_latency', { position: 0, length: 4 });
  return bytes === undefined ? ABSENT : String(bytes.readInt32LE());
}
