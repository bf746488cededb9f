// SPDX-License-Identifier: Apache-2.0
/** A lab on plain loopback in which the sweeps of a chaos run are run without any fault. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { LABSWEEP_PROGRAM } from '@labsweep/cli';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { KeptProcess } from './kept-process.js';
import { portsOf } from './lab.js';
import type { RunCommand } from './sweeps.js';

/** Twice as many as in the other lab, so that this one is always the first to end. */
const AGENTS = 6;

export interface CalmLab {
  readonly run: RunCommand;
  close(): Promise<void>;
}

export async function startCalmLab(folder: string): Promise<CalmLab> {
  mkdirSync(folder, { recursive: true });
  const ports = await portsOf(['broker', 'controller']);
  const keep = (
    name: string,
    command: readonly string[],
    // A part that is not there yet makes those end that need it; they are started again.
    onEnd: (how: string) => boolean = () => true,
  ) => {
    const logPath = join(folder, `${name}.log`);
    return new KeptProcess({ name, command: () => command, folder, logPath, onEnd });
  };
  const controller = `127.0.0.1:${ports.get('controller')}`;
  const node = process.execPath;
  const url = `nats://127.0.0.1:${ports.get('broker')}`;
  const store = join(folder, 'store');
  const caches = ['--cache', join(folder, 'cache')];
  const place = ['-a', '127.0.0.1', '-p', `${ports.get('broker')}`];
  const parts = [
    keep('broker', ['nats-server', ...place, '-js', '-sd', store]),
    keep('controller', [
      ...[node, CONTROLLER_PROGRAM, '--nats', url, '--store', store],
      ...['--listen', controller, ...caches],
    ]),
    ...Array.from({ length: AGENTS }, (_, index) => {
      const name = `calm-${index}`;
      const identity = ['--name', name, '--host-id', `id-of-${name}`, '--runners', 'scripted'];
      const places = ['--state', join(folder, name), ...caches];
      return keep(name, [node, AGENT_PROGRAM, '--controller', controller, ...identity, ...places]);
    }),
  ];
  for (const part of parts) part.start();
  return {
    run: (args, onEnd) =>
      keep('command', [node, LABSWEEP_PROGRAM, 'run', ...args, '--controller', controller], onEnd),
    close: async () => {
      for (const part of parts) await part.close();
    },
  };
}
