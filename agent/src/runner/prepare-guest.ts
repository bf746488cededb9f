// SPDX-License-Identifier: Apache-2.0
/**
 * What is done with a guest between its start and its first instruction: QEMU is asked what machine
 * it really built, each thread is put on its CPUs, and both go on record. Then the guest runs, and
 * nobody speaks to its QEMU any more.
 */
import { messageOf } from '@labsweep/proto';
import { formatCpuList } from '../cpu-list.js';
import type { Facts } from '../io/host-tree.js';
import { type QmpClient, recordOf } from '../io/qmp-client.js';
import { pinThreads, type ThreadCpus, threadsOfSameProcess } from '../io/thread-affinity.js';
import type { Trouble } from '../trial-evidence.js';
import { MEMORY_BACKEND } from './qemu-args.js';
import { describeOvercommit, formatVcpuMap, type Placement } from './vcpu-placement.js';

export interface PreparedGuest {
  readonly facts: Facts;
  /** Why the guest was not let run: a thread could not be placed. */
  readonly trouble?: Trouble;
}

/** Rejects with QmpError where QEMU does not answer; the guest then stays stopped too. */
export async function prepareGuest(guest: {
  readonly client: QmpClient;
  readonly placement: Placement;
  readonly pinPath: string;
}): Promise<PreparedGuest> {
  const { client, placement, pinPath } = guest;
  const threads = await readVcpuThreads(client);
  const wanted = await assignThreads(threads, placement);
  // Another process places the threads; meanwhile QEMU can tell what it has built.
  const pinning = pinThreads(pinPath, wanted).catch(messageOf);
  const machine = await describeMachine(client);
  const seen = await pinning;
  if (typeof seen === 'string') {
    const message = `the guest's threads could not be put on their CPUs: ${seen}`;
    return { facts: machine, trouble: { class: 'placement-mismatch', message } };
  }
  const facts = { ...machine, ...describePlacement({ threads, placement, seen }) };
  await client.execute('cont');
  return { facts };
}

async function describeMachine(client: QmpClient): Promise<Facts> {
  const version = recordOf(await client.execute('query-version'));
  const kvm = recordOf(await client.execute('query-kvm'));
  const memory = recordOf(await client.execute('query-memory-size-summary'));
  const type = await client.execute('qom-get', { path: '/machine', property: 'type' });
  return {
    qemu_version: describeVersion(version),
    accelerator: kvm.enabled === true ? 'kvm' : 'tcg',
    machine_type: String(type),
    memory_configured_bytes: String(memory['base-memory']),
    ...(await describeMemoryBackends(client)),
  };
}

/** For example `7.2.22 (Debian 1:7.2+dfsg-7)`. */
function describeVersion({ qemu, package: build }: Readonly<Record<string, unknown>>): string {
  const { major, minor, micro } = recordOf(qemu);
  const number = `${major}.${minor}.${micro}`;
  return typeof build === 'string' && build !== '' ? `${number} (${build})` : number;
}

/** The backend that QEMU makes by itself is called otherwise, and has no huge pages. */
async function describeMemoryBackends(client: QmpClient): Promise<Facts> {
  const answer = await client.execute('query-memdev');
  const backends = (Array.isArray(answer) ? answer : []).map(recordOf);
  const hugePages = [];
  for (const { id } of backends) hugePages.push(await hasHugePages(client, String(id)));
  const sizes = backends.map(({ size }) => Number(size) / 1024 / 1024);
  return {
    memory_backends_mib: sizes.join(' '),
    memory_preallocated: yesOrNo(backends.every(({ prealloc }) => prealloc === true)),
    memory_huge_pages: yesOrNo(hugePages.length > 0 && hugePages.every((has) => has)),
  };
}

/** Only memory that is a file can have them, and only it has the property. */
async function hasHugePages(client: QmpClient, id: string): Promise<boolean> {
  if (!id.startsWith(MEMORY_BACKEND)) return false;
  const path = `/objects/${id}`;
  const type = await client.execute('qom-get', { path, property: 'type' });
  if (type !== 'memory-backend-memfd') return false;
  return (await client.execute('qom-get', { path, property: 'hugetlb' })) === true;
}

function yesOrNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

/** Thread ids by number of the vCPU. */
async function readVcpuThreads(client: QmpClient): Promise<readonly number[]> {
  const answer = await client.execute('query-cpus-fast');
  const vcpus = (Array.isArray(answer) ? answer : []).map(recordOf);
  vcpus.sort((a, b) => Number(a['cpu-index']) - Number(b['cpu-index']));
  return vcpus.map((vcpu) => Number(vcpu['thread-id']));
}

/**
 * Single-threaded TCG has one thread that plays all vCPUs in turn; it gets the CPU of the first.
 * All other threads are QEMU's own, and those that it starts later inherit from them.
 */
async function assignThreads(
  threads: readonly number[],
  placement: Placement,
): Promise<Map<number, readonly number[]>> {
  const all = await threadsOfSameProcess(threads[0] ?? 0);
  const wanted = new Map(all.map((thread) => [thread, placement.emulator]));
  const isSingle = new Set(threads).size < threads.length;
  threads.forEach((thread, vcpu) => {
    const cpus = placement.vcpus[isSingle ? 0 : vcpu];
    if (cpus === undefined) throw new Error(`QEMU made ${threads.length} vCPUs, more than asked`);
    wanted.set(thread, cpus);
  });
  return wanted;
}

function describePlacement(seen: {
  readonly threads: readonly number[];
  readonly placement: Placement;
  readonly seen: ThreadCpus;
}): Facts {
  const { threads, placement } = seen;
  const cpus = threads.map((thread) => seen.seen.get(thread) ?? []);
  const isSingle = threads.length > 1 && new Set(threads).size < threads.length;
  return {
    vcpu_map: formatVcpuMap(cpus),
    vcpu_threads: isSingle ? 'one for all' : 'one each',
    emulator_cpus: formatCpuList(placement.emulator),
    vcpu_core_class: placement.coreClass,
    overcommit: describeOvercommit(cpus),
  };
}
