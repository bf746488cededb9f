// SPDX-License-Identifier: Apache-2.0
/** A host made of a table of files in memory, for tests of what reads /proc and /sys. */
import { type HostView, openHostView } from '../hygiene/host-view.js';

export type HostFiles = Readonly<Record<string, string>>;

/** Folders are what the paths imply. The kernel's log is the table's `dev/kmsg`, line by line. */
export function viewOf(files: HostFiles, cpus: readonly number[] = [0]): HostView {
  const source = {
    text: (path: string) => files[path],
    bytes: (path: string) => {
      const text = files[path];
      return text === undefined ? undefined : Buffer.from(text, 'latin1');
    },
    names: (directory: string) => namesIn(Object.keys(files), `${directory}/`),
    kernelLog: () => files['dev/kmsg']?.split('\n').filter(Boolean),
  };
  return openHostView({ source, cpus, workload: {}, constants: new Map() });
}

function namesIn(paths: readonly string[], folder: string): readonly string[] {
  const below = paths.filter((path) => path.startsWith(folder));
  return [...new Set(below.map((path) => path.slice(folder.length).split('/')[0] ?? ''))].sort();
}
