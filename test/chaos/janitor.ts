// SPDX-License-Identifier: Apache-2.0
/**
 * A program: waits until its standard input ends, which it does however the chaos run dies, and
 * then removes what the kernel would keep: network namespaces and mounts, named one a line on that
 * input as `namespace NAME`, `mount PATH` and `folder PATH`.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** The processes of the run die with it; they get this long before their folders are unmounted. */
const PROCESSES_END_MS = 300;
const UNMOUNT_TRIES_MAX = 20;

const left: { readonly kind: string; readonly name: string }[] = [];
// Ctrl-C is for the run; this process ends when the run has.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const [kind = '', ...name] = line.split(' ');
  left.unshift({ kind, name: name.join(' ') });
}
await delay(PROCESSES_END_MS);
const of = (kind: string) => left.filter((thing) => thing.kind === kind);
for (const { name } of of('namespace')) spawnSync('ip', ['netns', 'del', name]);
for (const { name } of of('mount')) {
  for (let tries = 0; tries < UNMOUNT_TRIES_MAX; tries += 1) {
    if (spawnSync('umount', [name]).status === 0) break;
    await delay(PROCESSES_END_MS);
  }
}
for (const { name } of of('folder')) rmSync(name, { recursive: true, force: true });
