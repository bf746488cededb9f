// SPDX-License-Identifier: Apache-2.0
/**
 * Gathers what a reader must know before the numbers: workload, kernels, hosts, environments,
 * clocks. It repeats what was recorded and measures nothing.
 */
import type { Environment, KernelName, TrialEnded } from '@labsweep/proto';
import { timingHistories } from './block-history.js';
import { buildSentences, kernelBuild } from './kernel-builds.js';
import type { ReportHead, ReportHost, ReportKernel } from './report-model.js';
import type { RecordedHost, SweepRecord } from './sweep-record.js';
import { scenariosOf } from './trial-value.js';

/** The fact under which an agent tells the CPU of its host. */
const CPU_MODEL_FACT = 'cpu_model';
/** The fact under which an agent tells how its KVM canary guest ended. */
const KVM_CANARY_FACT = 'kvm_canary';
/** What agents and guests say of a fact that they looked for and did not find. */
const ABSENT = 'absent';

export function reportHead(record: SweepRecord): ReportHead {
  const { spec, submitted } = record;
  const counted = timingHistories(record).flatMap((block) => block.counted);
  const kernels = spec.kernels
    .filter(({ name }) => name !== spec.again)
    .map(({ name }) => kernelOf(record, { name, counted }));
  return {
    workload: {
      name: spec.workload.name,
      program: spec.workload.program.path,
      arguments: spec.workload.arguments,
      sha256: submitted.workload.sha256,
      compiler: submitted.workload.compiler,
      flags: submitted.workload.flags,
    },
    scenarios: distinct(counted.flatMap((entry) => scenariosOf(entry.outcome))),
    kernels,
    kernelBuilds: buildSentences(kernels, {
      baseline: spec.baseline,
      // Scripted kernels, and those of a table made elsewhere, were never built for this sweep.
      areReal: submitted.kernels.some(({ image }) => image !== undefined),
    }),
    hosts: hostsOf(record),
    environments: environmentsOf(record),
    clocksources: clocksourcesOf(counted),
    order: spec.order,
    hasAgain: spec.again !== undefined,
    ...(spec.precision === undefined ? {} : { precision: spec.precision.fraction }),
    seed: submitted.seed,
    ...(record.table === undefined ? {} : { table: record.table }),
    repetitions: spec.repetitions,
    waiting: record.waiting,
  };
}

/** A `host` kernel has no image, so only its trials can tell its release. */
export function kernelReleases(record: SweepRecord, name: KernelName): string[] {
  const image = record.submitted.kernels.find((kernel) => kernel.name === name)?.image;
  if (image !== undefined) return [image.release];
  const told = record.entries
    .filter((entry) => entry.kernel === name)
    .map((entry) => entry.outcome.facts.kernel_release);
  return distinct(told.filter((release) => release !== undefined));
}

function kernelOf(
  record: SweepRecord,
  of: { readonly name: KernelName; readonly counted: readonly TrialEnded[] },
): ReportKernel {
  const { name } = of;
  const resolved = record.submitted.kernels.find((kernel) => kernel.name === name);
  const asked = record.spec.kernels.find((kernel) => kernel.name === name);
  const release = kernelReleases(record, name).join(', ');
  const source = resolved?.source ?? asked?.text ?? '';
  return { name, release, source, ...kernelBuild(record, of) };
}

/** The hosts that ran a trial; all that are known as long as none did. */
function hostsOf(record: SweepRecord): ReportHost[] {
  const ran = new Map(record.entries.map((entry) => [entry.host, entry.hostName]));
  const known = new Map(record.hosts.map((host) => [host.id, host]));
  const ids = ran.size > 0 ? [...ran.keys()] : [...known.keys()];
  return ids.map((id) => ({
    id,
    name: known.get(id)?.name ?? ran.get(id) ?? id,
    cpuModel: present(known.get(id)?.facts[CPU_MODEL_FACT]) ?? '',
  }));
}

function environmentsOf(record: SweepRecord): ReportHead['environments'] {
  return distinct(record.entries.map((entry) => entry.environment)).map((environment) => {
    const hosts = record.hosts.filter((host) =>
      record.entries.some((entry) => entry.host === host.id && entry.environment === environment),
    );
    return { environment, note: noteOn(environment, hosts) };
  });
}

function noteOn(environment: Environment, hosts: readonly RecordedHost[]): string {
  switch (environment) {
    case 'qemu-tcg':
      return [
        'emulated CPU; compare ratios, not absolute times',
        ...hosts
          .filter((host) => present(host.facts[KVM_CANARY_FACT]) !== undefined)
          .map((host) => canaryText(host.name, host.facts[KVM_CANARY_FACT] ?? '')),
      ].join('; ');
    case 'qemu-kvm':
      return 'hardware-accelerated guest; times include what virtualisation costs';
    case 'native':
      return 'the kernel that the host itself runs';
    case 'scripted':
      return 'simulated numbers; nothing was measured';
  }
}

/** Agents that could start no guest say `KVM is ...` themselves. */
function canaryText(host: string, canary: string): string {
  return canary.startsWith('KVM ')
    ? canary.replace(/^KVM/, `KVM on ${host}`)
    : `KVM on ${host}: ${canary}`;
}

/** A clock that changed while the trial ran is shown as `start -> end`. */
function clocksourcesOf(counted: readonly TrialEnded[]): ReportHead['clocksources'] {
  const trials = new Map<string, number>();
  for (const { outcome } of counted) {
    const start = present(outcome.facts.clocksource);
    if (start === undefined) continue;
    const end = present(outcome.facts.clocksource_end) ?? start;
    const text = end === start ? start : `${start} -> ${end}`;
    trials.set(text, (trials.get(text) ?? 0) + 1);
  }
  return [...trials].map(([text, count]) => ({ text, trials: count }));
}

function present(fact: string | undefined): string | undefined {
  return fact === '' || fact === ABSENT ? undefined : fact;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
