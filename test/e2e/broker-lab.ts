// SPDX-License-Identifier: Apache-2.0
/**
 * Parts of a lab one by one, on ports that stay theirs, so that a test can kill, stop and restart
 * each: nats-server, controllers that share it, scripted agents.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AGENT_PROGRAM } from '@labsweep/agent';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { portsOf } from '../chaos/lab.js';
import { type Running, startProgram, waitFor } from './labsweep-process.js';

export interface Nats {
  readonly child: ChildProcess;
  /** Ends it with the signal and waits for its end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export class BrokerLab {
  private readonly running: Running[] = [];
  private nats: Nats | undefined;

  private constructor(
    readonly folder: string,
    /** What nats-server is given with `-sd`. */
    readonly store: string,
    private readonly natsPort: number,
    /** Of controllers, in the order of their numbers. */
    readonly addresses: readonly string[],
  ) {}

  static async prepare(folder: string, store = join(folder, 'store')): Promise<BrokerLab> {
    const ports = await portsOf(['nats', 'one', 'two']);
    const addressOf = (name: string) => `127.0.0.1:${ports.get(name)}`;
    const addresses = [addressOf('one'), addressOf('two')];
    return new BrokerLab(folder, store, ports.get('nats') ?? 0, addresses);
  }

  get natsUrl(): string {
    return `nats://127.0.0.1:${this.natsPort}`;
  }

  /** What agents and users are given. */
  get list(): string {
    return this.addresses.join(',');
  }

  async startNats(...options: readonly string[]): Promise<Nats> {
    const place = ['-a', '127.0.0.1', '-p', `${this.natsPort}`, '-js', '-sd', this.store];
    const child = spawn('nats-server', [...place, ...options], {
      cwd: this.folder,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.nats = {
      child,
      end: async (signal) => {
        child.kill(signal);
        await ended;
      },
    };
    while (!(await this.answers())) await delay(20);
    return this.nats;
  }

  /** `number` is 0 or 1. Does not wait until it is ready. */
  startController(number: number, ...options: readonly string[]): Running {
    const place = ['--nats', this.natsUrl, '--listen', this.addresses[number] ?? ''];
    const cache = ['--cache', join(this.folder, `cache-${number}`)];
    return this.start(CONTROLLER_PROGRAM, [...place, ...cache, ...options]);
  }

  startAgent(name: string, controllers = this.list): Running {
    const { folder } = this;
    const places = ['--state', join(folder, name), '--cache', join(folder, `${name}-cache`)];
    const identity = ['--name', name, '--host-id', `id-of-${name}`, '--runners', 'scripted'];
    return this.start(AGENT_PROGRAM, ['--controller', controllers, ...places, ...identity]);
  }

  /** One request to the API of JetStream, such as `STREAM.DELETE.NAME`; returns the answer. */
  request(api: string, payload = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.natsPort, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const answer = /MSG reply\.here 1 \d+\r\n(.*)\r\n/.exec(text)?.[1];
        if (answer === undefined) return;
        socket.destroy();
        resolve(answer);
      });
      socket.once('error', reject);
      const options = 'CONNECT {"verbose":false}\r\nSUB reply.here 1\r\n';
      const length = Buffer.byteLength(payload);
      socket.write(`${options}PUB $JS.API.${api} reply.here ${length}\r\n${payload}\r\n`);
    });
  }

  async close(): Promise<void> {
    for (const { child, ended } of this.running) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await ended;
    }
    await this.nats?.end('SIGKILL');
  }

  private start(program: string, args: readonly string[]): Running {
    const running = startProgram(this.folder, program, args);
    this.running.push(running);
    return running;
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.natsPort, '127.0.0.1');
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
}

/** Waits for a line in the log of a controller or an agent. */
export function heard(running: Running, words: RegExp, limitMs = 30_000): Promise<void> {
  return waitFor(`${words} in:\n${running.stderr()}`, () => words.test(running.stderr()), limitMs);
}
