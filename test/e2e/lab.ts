// SPDX-License-Identifier: Apache-2.0
/**
 * The lab of the end-to-end tests: a folder with a sweep, nats-server, controllers that share it
 * and agents, on ports that stay theirs, so that a test can kill, stop and restart each.
 */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AGENT_PROGRAM, jetstreamRequest, natsAnswers } from '@labsweep/agent';
import { CONTROLLER_PROGRAM } from '@labsweep/controller';
import { portsOf } from '../chaos/lab.js';
import {
  type Ended,
  type Running,
  run,
  type ScriptedSpec,
  start,
  startProgram,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

export interface LabPlace {
  /** Of `sweep.toml`, which is not written without it. */
  readonly spec?: ScriptedSpec;
  /** What nats-server is given with `-sd`, below the folder of the lab. */
  readonly store?: string;
}

export interface LabParts {
  /** Names of scripted agents. */
  readonly agents?: readonly string[];
  /** Of the controller; by default it syncs the store. */
  readonly controller?: readonly string[];
  /** A second controller stands by, and everybody is given both addresses. */
  readonly standby?: boolean;
}

export interface Nats {
  readonly child: ChildProcess;
  /** Ends it with the signal and waits for its end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** What JetStream says of a stream; with its config it can be made anew. */
export interface StreamInfo {
  readonly config: object;
}

interface TestContext {
  after(work: () => void | Promise<void>): void;
}

/** Its parts run, and one of its controllers reigns; it is gone after the test. */
export async function openLab(
  context: TestContext,
  options: LabPlace & LabParts = {},
): Promise<Lab> {
  const lab = await Lab.prepare(context, options);
  await lab.begin(options);
  return lab;
}

export class Lab {
  /** By their numbers; a restarted one takes the place of the old one. */
  readonly controllers: Running[] = [];
  nats: Nats | undefined;
  private readonly running: Running[] = [];
  private readonly lastly: (() => void)[] = [];
  private address = '';

  private constructor(
    readonly folder: string,
    readonly store: string,
    private readonly natsPort: number,
    /** Of controllers, in the order of their numbers. */
    readonly addresses: readonly string[],
  ) {}

  /** The place and the ports of a lab in which nothing runs yet. */
  static async prepare(context: TestContext, place: LabPlace = {}): Promise<Lab> {
    let removeFolder = () => {};
    const folder = temporaryFolder({
      after: (work) => {
        removeFolder = work;
      },
    });
    const ports = await portsOf(['nats', 'one', 'two']);
    const addressOf = (name: string) => `127.0.0.1:${ports.get(name)}`;
    const addresses = [addressOf('one'), addressOf('two')];
    const store = join(folder, place.store ?? 'store');
    const lab = new Lab(folder, store, ports.get('nats') ?? 0, addresses);
    lab.address = addresses[0] ?? '';
    context.after(async () => {
      await lab.close();
      for (const work of lab.lastly) work();
      removeFolder();
    });
    if (place.spec !== undefined) writeScriptedSpec(folder, place.spec);
    return lab;
  }

  /** Settles when a controller reigns. */
  async begin(parts: LabParts = {}): Promise<void> {
    const { agents = [], controller: options = ['--store', this.store], standby = false } = parts;
    await this.startNats();
    await heard(this.startController(0, ...options), /reigns under term/);
    if (standby) {
      this.address = this.addresses.join(',');
      await heard(this.startController(1, ...options), /standby; the reigning controller is/);
    }
    for (const name of agents) this.startAgent(name);
  }

  /** When all processes have ended, and before the folder is removed. */
  atEnd(work: () => void): void {
    this.lastly.push(work);
  }

  get natsUrl(): string {
    return `nats://127.0.0.1:${this.natsPort}`;
  }

  /** For agents and users: how they reach the lab. */
  get at(): readonly string[] {
    return ['--controller', this.address];
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
    while (!(await natsAnswers(this.natsPort))) await delay(20);
    return this.nats;
  }

  /** `number` is 0 or 1. Does not wait until it is ready. */
  startController(number: number, ...options: readonly string[]): Running {
    const place = ['--nats', this.natsUrl, '--listen', this.addresses[number] ?? ''];
    const cache = ['--cache', join(this.folder, `cache-${number}`)];
    const controller = this.start(CONTROLLER_PROGRAM, [...place, ...cache, ...options]);
    this.controllers[number] = controller;
    return controller;
  }

  /** Kills the first controller without warning, and starts another one at its address. */
  async replaceController(): Promise<void> {
    const old = this.controllers[0];
    old?.child.kill('SIGKILL');
    await old?.ended;
    await heard(this.startController(0, '--store', this.store), /reigns under term/);
  }

  /** Scripted, unless the options name other runners. */
  startAgent(name: string, ...options: readonly string[]): Running {
    const { folder } = this;
    const places = ['--state', join(folder, name), '--cache', join(folder, `${name}-cache`)];
    const identity = ['--name', name, '--host-id', `id-of-${name}`];
    const runners = options.includes('--runners') ? [] : ['--runners', 'scripted'];
    return this.start(AGENT_PROGRAM, [...this.at, ...places, ...identity, ...runners, ...options]);
  }

  /** `labsweep run` of the lab's sweep, into the folder `result`. */
  sweep(...options: readonly string[]): Running {
    return start(this.folder, 'run', 'sweep.toml', ...this.at, '--out', 'result', ...options);
  }

  /** Starts it, and settles when the outcome of that number was shown. */
  async sweepUntil(outcome: number, ...options: readonly string[]): Promise<Running> {
    const running = this.sweep(...options);
    const words = new RegExp(` ${outcome}/\\d+ trials: `);
    await waitFor(`outcome ${outcome}`, () => words.test(running.stderr()));
    return running;
  }

  /** One command that must succeed. */
  async ask(...words: readonly string[]): Promise<Ended> {
    const ended = await run(this.folder, ...words, ...this.at);
    assert.equal(ended.exitCode, 0, `${words.join(' ')}: ${ended.stderr}`);
    return ended;
  }

  /** `results.json` of a folder of the lab. */
  results<Results>(name = 'result'): Results {
    return JSON.parse(readFileSync(join(this.folder, name, 'results.json'), 'utf8')) as Results;
  }

  /** One request to the API of JetStream, such as `STREAM.DELETE.NAME`; returns the answer. */
  request<Answer>(api: string, body: object = {}): Promise<Answer> {
    return jetstreamRequest<Answer>(this.natsUrl, api, body);
  }

  /** Ends all that runs, at once; a second time it does nothing. */
  async close(): Promise<void> {
    for (const { child, ended } of this.running.splice(0)) {
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
}

/** Waits for a line in the log of a controller or an agent. */
export function heard(running: Running, words: RegExp, limitMs = 30_000): Promise<void> {
  const what = () => `${words} in:\n${running.stderr()}`;
  return waitFor(what, () => words.test(running.stderr()), limitMs);
}
