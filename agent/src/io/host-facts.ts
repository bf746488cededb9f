// SPDX-License-Identifier: Apache-2.0
/**
 * Describes this host for the agent's hello: who it is, what it can take, and what it is made of.
 * It is the one door of systeminformation. What can run here is for the runners to say.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, machine } from 'node:os';
import { join } from 'node:path';
import type { HostDescription, HostId } from '@labsweep/proto';
import { baseboard, bios, cpu, system } from 'systeminformation';
import { readAllowedCpus } from './allowed-cpus.js';
import { type CpuTopology, readHybrid } from './cpu-topology.js';
import { ABSENT, type Facts, readHostTree } from './host-tree.js';
import { readToolVersion } from './tool-version.js';

export interface HostOptions {
  /** Keeps the host's id where the machine has none of its own. */
  readonly stateDirectory: string;
  /** `/` but for tests. */
  readonly root?: string;
  readonly qemuBinary?: string;
}

/** Takes well under a second. Rejects only when the state directory cannot be written. */
export async function readHost(
  options: HostOptions,
): Promise<Omit<HostDescription, 'supports' | 'permissions' | 'labels'>> {
  const { root = '/', qemuBinary = 'qemu-system-x86_64' } = options;
  const [id, cpus, hybrid, tree, inventory, qemuVersion] = await Promise.all([
    readHostId({ root, stateDirectory: options.stateDirectory }),
    readAllowedCpus(root),
    readHybrid(root),
    readHostTree(root),
    readInventory(),
    readToolVersion(qemuBinary),
  ]);
  return {
    id,
    name: hostname(),
    capacity: {
      cpus: cpus.length,
      memoryMib: usableMemoryMib(tree),
      ...(hybrid !== undefined && { hybrid: countClasses(cpus, hybrid) }),
    },
    facts: { ...tree, ...inventory, machine: machine(), qemu_version: qemuVersion ?? ABSENT },
  };
}

/** A trial runs on cores of one class, so it is these that bound it. */
function countClasses(
  allowed: readonly number[],
  { performance, efficiency }: NonNullable<CpuTopology['hybrid']>,
) {
  const count = (cpus: readonly number[]) => cpus.filter((cpu) => allowed.includes(cpu)).length;
  return { performanceCpus: count(performance), efficiencyCpus: count(efficiency) };
}

/** The host itself keeps a tenth of its memory, and at least 512 MiB. */
function usableMemoryMib(facts: Facts): number {
  const totalMib = Math.floor(Number(facts.memory_total_kb) / 1024);
  assertNumber(totalMib);
  return Math.max(0, totalMib - Math.max(512, Math.ceil(totalMib / 10)));
}

function assertNumber(totalMib: number): void {
  if (!Number.isFinite(totalMib)) {
    throw new Error('MemTotal cannot be read from /proc/meminfo; labsweep needs Linux with /proc');
  }
}

/**
 * A machine id names the host through all its kernels; containers often have none, or an empty one.
 */
export async function readHostId(place: {
  /** `/` but for tests. */
  readonly root: string;
  /** Keeps the id where the machine has none of its own. */
  readonly stateDirectory: string;
}): Promise<HostId> {
  const own = await readLine(join(place.root, 'etc/machine-id'));
  if (own !== undefined && /^[0-9a-f]{32}$/.test(own)) return own as HostId;
  const path = join(place.stateDirectory, 'host-id');
  const kept = await readLine(path);
  if (kept !== undefined && kept !== '') return kept as HostId;
  const made = randomUUID().replaceAll('-', '');
  await mkdir(place.stateDirectory, { recursive: true });
  await writeFile(path, `${made}\n`);
  return made as HostId;
}

async function readLine(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** What takes more than a file of /proc or /sys to know. */
async function readInventory(): Promise<Facts> {
  const [processor, board, firmware, product] = await Promise.all([
    cpu(),
    baseboard(),
    bios(),
    system(),
  ]);
  return {
    cpu_model: join2(processor.manufacturer, processor.brand),
    cpu_sockets: String(processor.processors),
    cpu_cores: String(processor.physicalCores),
    cpu_threads: String(processor.cores),
    board_name: join2(board.manufacturer, board.model),
    bios_version: join2(firmware.vendor, firmware.version),
    product_name: join2(product.manufacturer, product.model),
  };
}

function join2(maker: string, model: string): string {
  return `${maker} ${model}`.trim() || ABSENT;
}
