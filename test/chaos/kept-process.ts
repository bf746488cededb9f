// SPDX-License-Identifier: Apache-2.0
/**
 * A process that is kept running as a service manager would: what ends by itself is started again
 * after a second; what a fault ended stays away until the fault is over.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const RESTART_DELAY_MS = 1_000;

export interface ProcessOptions {
  readonly name: string;
  /** The first word is the program. Made anew for each start. */
  command(): readonly string[];
  readonly folder: string;
  /** Both of its outputs are appended here. */
  readonly logPath: string;
  /** It ended although no fault ended it. False leaves it at that, true starts it again. */
  onEnd(how: string): boolean;
}

export class KeptProcess {
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private held = false;
  private closed = false;

  constructor(private readonly options: ProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  start(): void {
    if (this.child !== undefined || this.closed) return;
    clearTimeout(this.timer);
    this.held = false;
    const { command, folder, logPath } = this.options;
    const log = openSync(logPath, 'a');
    // The kernel ends it with us, stopped or not.
    const [program = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', '--', ...command()];
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    child.once('exit', (code, signal) => {
      this.child = undefined;
      if (this.held || this.closed) return;
      const again = this.options.onEnd(signal === null ? `exit code ${code}` : `signal ${signal}`);
      if (again) this.timer = setTimeout(() => this.start(), RESTART_DELAY_MS);
    });
  }

  /** Ends it without warning; it stays away until `start`. */
  async kill(): Promise<void> {
    this.held = true;
    clearTimeout(this.timer);
    await this.end('SIGKILL');
  }

  /** Stops it as a debugger or a frozen machine would. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** For good. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
