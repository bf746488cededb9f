// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a program to its end, and is the one door of execa. No process of it outlives the call, nor
 * the agent: the kernel kills the program when we die, even by SIGKILL. It does not judge how it
 * ended.
 */
import { execa } from 'execa';

export interface ProcessRequest {
  /** A name on the PATH, or a path. */
  readonly command: string;
  readonly arguments: readonly string[];
  readonly workingDirectory?: string;
  /** Of standard output, and again of standard error; beyond it the program is killed. */
  readonly outputBytesMax: number;
  /** Kills the program; the call then resolves, and `wasStopped` is true. For limits in time. */
  readonly stop: AbortSignal;
  /**
   * Kills the program; the call then rejects with the signal's reason. For those who lost interest.
   */
  readonly signal?: AbortSignal;
}

export type ProcessEnding =
  | { readonly kind: 'exited'; readonly code: number }
  /** By its name, for example `SIGSEGV`. */
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string };

export interface ProcessEnd {
  readonly ending: ProcessEnding;
  readonly wasStopped: boolean;
  readonly hasOverflowed: boolean;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly durationMs: number;
  /** CPU time that this process itself took meanwhile, all threads of it. */
  readonly ownCpuMs: number;
}

/**
 * Starts the program in a session of its own, so that Ctrl-C on our terminal does not reach it,
 * with an empty standard input. Settles only when the program and all of its process group are
 * gone. Resolves for every end of the program; rejects with the reason of `signal` only.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  request.signal?.throwIfAborted();
  const cpuBefore = process.cpuUsage();
  const subprocess = startDetached(request);
  const kill = () => killGroup(subprocess.pid);
  const signals = [request.stop, ...(request.signal === undefined ? [] : [request.signal])];
  for (const signal of signals) signal.addEventListener('abort', kill, { once: true });
  if (request.stop.aborted) kill();
  // What the program has left behind would hold our pipes open, and disturb the next measurement.
  subprocess.once('exit', kill);
  const result = await subprocess;
  for (const signal of signals) signal.removeEventListener('abort', kill);
  request.signal?.throwIfAborted();
  return {
    ending: endingOf(result),
    wasStopped: request.stop.aborted,
    hasOverflowed: result.isMaxBuffer,
    stdout: result.stdout ?? NO_BYTES,
    stderr: result.stderr ?? NO_BYTES,
    durationMs: result.durationMs,
    ownCpuMs: cpuMsSince(cpuBefore),
  };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const NO_BYTES = new Uint8Array(0);

function startDetached(request: ProcessRequest) {
  const { command, workingDirectory } = request;
  return execa('setpriv', ['--pdeathsig', 'KILL', command, ...request.arguments], {
    detached: true,
    cleanup: false,
    reject: false,
    stdin: 'ignore',
    encoding: 'buffer',
    maxBuffer: request.outputBytesMax,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
    ...(workingDirectory !== undefined && { cwd: workingDirectory }),
  });
}

function killGroup(processId: number | undefined): void {
  if (processId === undefined) return;
  try {
    process.kill(-processId, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

interface ExecaEnd {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stderr?: Uint8Array | undefined;
  readonly shortMessage?: string | undefined;
}

/** setpriv becomes the program; where it cannot, it says so itself and exits with 126 or 127. */
function endingOf(result: ExecaEnd): ProcessEnding {
  const { exitCode, signal } = result;
  const words = new TextDecoder().decode(result.stderr ?? NO_BYTES).trim();
  if ((exitCode === 126 || exitCode === 127) && words.startsWith('setpriv: ')) {
    return { kind: 'not-started', message: words.slice('setpriv: '.length) };
  }
  if (signal !== undefined) return { kind: 'signalled', signal };
  if (exitCode !== undefined) return { kind: 'exited', code: exitCode };
  const message = result.shortMessage ?? 'it could not be started';
  return { kind: 'not-started', message: `${message}; setpriv is in Debian's util-linux` };
}
