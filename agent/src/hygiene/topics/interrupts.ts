// SPDX-License-Identifier: Apache-2.0
/** Interrupts and kernel threads that may run on the trial's CPUs, and how many did. */
import { ABSENT } from '../../io/host-tree.js';
import { durationMsOf, growthOf, warns } from '../change.js';
import { cpusIn, factOf, type HostView } from '../host-view.js';
import { INTERRUPT_FILES_MAX, INTERRUPTS_PER_SECOND_WARN } from '../hygiene-limits.js';
import type { Topic } from '../topic.js';

export const interrupts: Topic = {
  name: 'interrupts',
  read: (view) => ({
    ...countInterrupts(view),
    irqs_on_trial_cpus: String(countOnTrialCpus(view)),
    irq_default_affinity: factOf(view, 'proc/irq/default_smp_affinity'),
    workqueue_cpumask: factOf(view, 'sys/devices/virtual/workqueue/cpumask'),
  }),
  judge: (change) => {
    const count = growthOf(change, 'interrupts_device');
    const wallMs = durationMsOf(change);
    if (count === undefined || wallMs === undefined) return [];
    const perSecond = (count / wallMs) * 1000;
    if (perSecond <= INTERRUPTS_PER_SECOND_WARN * change.cpus.length) return [];
    const rate = Math.round(perSecond);
    return [warns(`devices interrupted the trial's CPUs ${rate} times a second`)];
  },
  advise: (state) => ({
    verdict: 'note',
    state: `${state.irqs_on_trial_cpus} interrupts may run on these CPUs`,
    why:
      'stop irqbalance (`systemctl stop irqbalance`) and write a housekeeping CPU into ' +
      '/proc/irq/*/smp_affinity_list',
  }),
};

/**
 * Devices have numbers in /proc/interrupts; the kernel's own have names. Those between CPUs (TLB
 * shootdowns, function calls) are the workload's own doing, so only devices are judged.
 */
function countInterrupts(view: HostView) {
  const [header = '', ...lines] = (view.text('proc/interrupts') ?? '').split('\n');
  const columns = header.trim().split(/\s+/);
  const wanted = view.cpus.map((cpu) => columns.indexOf(`CPU${cpu}`)).filter((at) => at >= 0);
  if (wanted.length === 0) return { interrupts_device: ABSENT, interrupts_kernel: ABSENT };
  let [device, kernel] = [0, 0];
  for (const line of lines) {
    const [name = '', ...counts] = line.trim().split(/\s+/, columns.length + 1);
    const sum = wanted.reduce((total, at) => total + (Number(counts[at] ?? 0) || 0), 0);
    if (/^\d+:$/.test(name)) device += sum;
    else kernel += sum;
  }
  return { interrupts_device: String(device), interrupts_kernel: String(kernel) };
}

function countOnTrialCpus(view: HostView): number {
  const own = new Set(view.cpus);
  const numbers = view.names('proc/irq').filter((name) => /^\d+$/.test(name));
  return numbers.slice(0, INTERRUPT_FILES_MAX).filter((number) => {
    const list = factOf(view, `proc/irq/${number}/smp_affinity_list`);
    return cpusIn(list).some((cpu) => own.has(cpu));
  }).length;
}
