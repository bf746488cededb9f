// SPDX-License-Identifier: Apache-2.0
/**
 * One look at /proc, /sys and /dev, for the topics. Files are read synchronously: they are small
 * and made by the kernel, so that a thread's hop would cost five times the read, and nothing is
 * being measured while a snapshot is taken. A file is read once per look.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseCpuList } from '../cpu-list.js';
import { ABSENT, type Facts } from '../io/host-tree.js';
import { FACT_LENGTH_MAX } from './hygiene-limits.js';

export interface ByteRange {
  readonly position: number;
  /** Exactly so many, or none; `all` for files of a known small size. */
  readonly length: number | 'all';
}

export interface HostView {
  /** The CPUs of the trial, or all that are online. */
  readonly cpus: readonly number[];
  /** What the caller says of its workload. */
  readonly workload: Facts;
  /** The whole file, or undefined where it cannot be read. Paths are relative to the root. */
  text(path: string): string | undefined;
  bytes(path: string, range: ByteRange): Buffer | undefined;
  /** Sorted; empty where there is no such folder. */
  names(directory: string): readonly string[];
  /** Lines of the kernel log that no earlier look has seen; undefined where it is not readable. */
  kernelLog(): readonly string[] | undefined;
  /** Made once for the life of the agent: what only a reboot, or nothing, can change. */
  constant(name: string, make: () => string): string;
}

/** Where a view gets its bytes from; tests hand in a table. */
export type HostSource = Pick<HostView, 'text' | 'bytes' | 'names' | 'kernelLog'>;

/** Reads below `root`, which is `/` but for tests. */
export function fileSource(root: string, kernelLog: HostSource['kernelLog']): HostSource {
  return {
    text: (path) => readText(join(root, path)),
    bytes: (path, range) => readBytes(join(root, path), range),
    names: (directory) => readNames(join(root, directory)),
    kernelLog,
  };
}

export interface Look {
  readonly source: HostSource;
  readonly cpus: readonly number[];
  readonly workload: Facts;
  /** Lives as long as the agent. */
  readonly constants: Map<string, string>;
}

export function openHostView({ source, cpus, workload, constants }: Look): HostView {
  const texts = new Map<string, string | undefined>();
  return {
    ...source,
    cpus,
    workload,
    text: (path) => {
      if (!texts.has(path)) texts.set(path, source.text(path));
      return texts.get(path);
    },
    constant: (name, make) => {
      const known = constants.get(name);
      if (known !== undefined) return known;
      const made = make();
      constants.set(name, made);
      return made;
    },
  };
}

/** The content of a file on one line, or `absent`. */
export function factOf(view: HostView, path: string): string {
  return oneLine(view.text(path));
}

export function oneLine(text: string | undefined): string {
  const value = text?.trim().replace(/\s+/g, ' ').slice(0, FACT_LENGTH_MAX);
  return value === undefined || value === '' ? ABSENT : value;
}

export const CPU = 'sys/devices/system/cpu';

/** The distinct values of a file over the trial's CPUs, joined by commas; or `absent`. */
export function factOfEachCpu(view: HostView, path: string): string {
  const values = view.cpus.map((cpu) => factOf(view, `${CPU}/cpu${cpu}/${path}`));
  return [...new Set(values)].join(',') || ABSENT;
}

/** The first group of the pattern in the file, or `absent`. */
export function wordOf(view: HostView, path: string, pattern: RegExp): string {
  return pattern.exec(view.text(path) ?? '')?.[1] ?? ABSENT;
}

/** The CPUs of a list such as `0-3,8`; none where it is absent or not a list. */
export function cpusIn(list: string): readonly number[] {
  if (list === ABSENT) return [];
  try {
    return parseCpuList(list);
  } catch {
    return [];
  }
}

/** Asking first is cheaper than the exception that a missing file makes, and many are missing. */
function readText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readBytes(path: string, { position, length }: ByteRange): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  try {
    if (length === 'all') return readFileSync(path);
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(length);
      return readSync(file, buffer, 0, length, position) === length ? buffer : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function readNames(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
