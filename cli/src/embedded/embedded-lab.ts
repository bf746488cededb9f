// SPDX-License-Identifier: Apache-2.0
/**
 * A lab in a folder: nats-server, controller and one agent as real processes on this machine, for
 * as long as one sweep runs. Everything they keep is in the folder, so the next lab goes on where
 * this one was.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_NODE_OPTIONS, AGENT_PROGRAM } from '@labsweep/agent';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { type Address, LabsweepError, parseLoopbackAddress } from '@labsweep/proto';
import { type Child, startChild } from './child-process.js';
import { startNats } from './nats-process.js';

export interface EmbeddedLab {
  readonly controller: readonly Address[];
  /** Settles with a sentence when one of the processes ends although nobody asked it to. */
  readonly failed: Promise<string>;
  /** Ends all three, the agent first, so that what it measured reaches the store. */
  close(): Promise<void>;
  /** Ends all three at once. */
  kill(): void;
}

export interface EmbeddedLabOptions {
  readonly folder: string;
  readonly cacheDirectory: string;
  /** Undefined for a lab without an agent: it can be asked, and does nothing. */
  readonly runners: string | undefined;
  /** What the agent may change on this machine, as `labsweep-agent --may` takes it. */
  readonly may: string;
}

/** The agent may need this long to hand over what it measured. */
const STOP_LIMIT_MS = 10_000;
const READY_LIMIT_MS = 30_000;

/** Throws LabsweepError when a part does not start; the parts that did are ended then. */
export async function startEmbeddedLab(options: EmbeddedLabOptions): Promise<EmbeddedLab> {
  const logs = join(options.folder, 'logs');
  await mkdir(logs, { recursive: true });
  const children: Child[] = [];
  try {
    const nats = await startNats({
      storeDirectory: join(options.folder, 'store'),
      portsDirectory: join(options.folder, 'store-ports'),
      logPath: join(logs, 'nats-server.log'),
    });
    children.unshift(nats.child);
    const broker = ['--nats', nats.url, '--store', join(options.folder, 'store')];
    const controller = await startController(options, broker, join(logs, 'controller.log'));
    children.unshift(controller.child);
    const { runners } = options;
    if (runners !== undefined) {
      children.unshift(await startAgent({ ...options, runners }, controller.address, logs));
    }
    return assemble(children, [parseLoopbackAddress(controller.address, 'controller')]);
  } catch (error) {
    for (const child of children) child.kill();
    throw error;
  }
}

function assemble(children: readonly Child[], controller: readonly Address[]): EmbeddedLab {
  let closing = false;
  const failed = new Promise<string>((resolve) => {
    for (const { name, exited, logPath } of children) {
      exited.then((how) => {
        if (!closing) resolve(`the ${name} ended unexpectedly (${how}); its log: ${logPath}`);
      });
    }
  });
  return {
    controller,
    failed,
    close: async () => {
      closing = true;
      for (const child of children) await child.stop(STOP_LIMIT_MS);
    },
    kill: () => {
      closing = true;
      for (const child of children) child.kill();
    },
  };
}

async function startController(
  options: EmbeddedLabOptions,
  broker: readonly string[],
  logPath: string,
): Promise<{ child: Child; address: string }> {
  let text = '';
  let ready: (address: string) => void = () => {};
  const address = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const place = ['--listen', '127.0.0.1:0', '--cache', options.cacheDirectory];
  const child = await startChild({
    name: 'controller',
    program: process.execPath,
    args: [CONTROLLER_PROGRAM, ...broker, ...place, '--stop-with-parent'],
    logPath,
    onOutput: (chunk) => {
      text += chunk;
      const bound = /"ready":"([^"]+)"/.exec(text)?.[1];
      if (bound !== undefined) ready(bound);
    },
  });
  const failure = child.exited.then((how) => `the controller did not start: ${how}`);
  const late = timeout(READY_LIMIT_MS, 'the controller did not start in time');
  const first = await Promise.race([address, failure, late]);
  if (/^\S+:\d+$/.test(first)) return { child, address: first };
  child.kill();
  throw new LabsweepError(`${first}; its log: ${logPath}`);
}

function startAgent(
  options: EmbeddedLabOptions & { readonly runners: string },
  controller: string,
  logs: string,
): Promise<Child> {
  const state = join(options.folder, 'agent');
  const cache = join(options.cacheDirectory, 'artifacts');
  const places = ['--controller', controller, '--state', state, '--cache', cache];
  const work = ['--runners', options.runners, '--may', options.may];
  return startChild({
    name: 'agent',
    program: process.execPath,
    args: [...AGENT_NODE_OPTIONS, AGENT_PROGRAM, ...places, ...work, '--stop-with-parent'],
    logPath: join(logs, 'agent.log'),
  });
}

function timeout(limitMs: number, message: string): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(message), limitMs).unref();
  });
}
