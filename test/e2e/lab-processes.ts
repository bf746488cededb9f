// SPDX-License-Identifier: Apache-2.0
/**
 * A lab of real processes for tests: nats-server, a controller and scripted agents on free ports.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { type Running, startProgram, waitFor } from './labsweep-process.js';

export interface Lab {
  readonly controller: string;
  /** Kills the controller without warning, and starts another one at the same address. */
  replaceController(): Promise<void>;
  /** Ends what is left of it. */
  close(): Promise<void>;
}

export async function startLab(folder: string, agentNames: readonly string[]): Promise<Lab> {
  const ports = join(folder, 'ports');
  mkdirSync(ports);
  const place = ['-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', ports];
  const store = ['-js', '-sd', join(folder, 'store')];
  const nats = spawn('nats-server', [...place, ...store], { stdio: 'ignore', cwd: folder });
  await waitFor('nats-server', () => readdirSync(ports).length > 0);
  const portsFile = join(ports, readdirSync(ports)[0] ?? '');
  await waitFor('its ports file', () => readFileSync(portsFile, 'utf8').includes('nats://'));
  const url = /nats:\/\/[^"]+/.exec(readFileSync(portsFile, 'utf8'))?.[0] ?? '';
  const options = [
    '--nats',
    url,
    '--cache',
    join(folder, 'cache'),
    '--store',
    join(folder, 'store'),
  ];
  let { controller, address } = await startController(folder, [
    ...options,
    '--listen',
    '127.0.0.1:0',
  ]);
  const agents = agentNames.map((name) => startAgent(folder, name, address));
  return {
    controller: address,
    replaceController: async () => {
      controller.child.kill('SIGKILL');
      await controller.ended;
      ({ controller, address } = await startController(folder, [...options, '--listen', address]));
    },
    close: async () => {
      for (const { child, ended } of [...agents, controller]) {
        child.kill('SIGTERM');
        await ended;
      }
      nats.kill('SIGTERM');
      await new Promise((resolve) => nats.once('exit', resolve));
    },
  };
}

async function startController(
  folder: string,
  options: readonly string[],
): Promise<{ controller: Running; address: string }> {
  const controller = startProgram(folder, CONTROLLER_PROGRAM, options);
  let ready = '';
  controller.child.stdout?.on('data', (chunk) => {
    ready += chunk;
  });
  await waitFor('the controller', () => ready.includes('\n'));
  return { controller, address: JSON.parse(ready).ready as string };
}

export function startAgent(folder: string, name: string, controller: string): Running {
  const places = ['--state', join(folder, name), '--cache', join(folder, `${name}-cache`)];
  const identity = ['--name', name, '--host-id', `id-of-${name}`, '--runners', 'scripted'];
  return startProgram(folder, AGENT_PROGRAM, ['--controller', controller, ...places, ...identity]);
}
