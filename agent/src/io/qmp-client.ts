// SPDX-License-Identifier: Apache-2.0
/**
 * Talks QMP, the machine protocol of QEMU, over a unix socket: one command at a time, and a record
 * of the events. QEMU is the one who connects, so nothing polls for it. What the answers mean is
 * for others.
 */
import { open } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';

export interface QmpEvent {
  /** For example `SHUTDOWN`. */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** QEMU refused a command, did not answer in time, or went away. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
}

export interface QmpLimits {
  /** From the call until QEMU has said hello. */
  readonly greetingMs: number;
  /** From each command until its answer. */
  readonly answerMs: number;
}

/** A place at which one QEMU is waited for. */
export interface QmpDoor {
  /**
   * Settles when QEMU has connected and takes commands. Rejects with QmpError when the time is over
   * or the door was closed.
   */
  client(): Promise<QmpClient>;
  /**
   * Settles when a QEMU that had connected has closed its side, so that no event is still under
   * way. Call it when QEMU is gone.
   */
  drained(): Promise<void>;
  /** Closes the door and the connection; may be called more than once. */
  close(): Promise<void>;
}

export interface QmpClient {
  /** What QEMU returned. Rejects with QmpError, which names the command. */
  execute(command: string, commandArguments?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** All events so far, in their order. */
  events(): readonly QmpEvent[];
}

/** A guest sends a handful of events in its life; later ones are dropped. */
const EVENTS_MAX = 1_000;
/** An answer is a few kilobytes. */
const LINE_LENGTH_MAX = 1024 * 1024;

/**
 * Listens at `name` in the directory. It is reached through an open descriptor of the directory,
 * since the name of a socket must be shorter than 108 bytes and a path may be longer.
 */
export async function openQmpDoor(place: {
  readonly directory: string;
  readonly name: string;
  readonly limits: QmpLimits;
}): Promise<QmpDoor> {
  const directory = await open(place.directory);
  const server = createServer();
  server.maxConnections = 1;
  let connection: Connection | undefined;
  const connected = new Promise<Connection>((resolve, reject) => {
    server.once('connection', (socket) => {
      connection = new Connection(socket, place.limits);
      resolve(connection);
    });
    server.once('close', () => reject(new QmpError('QEMU ended before it could be spoken to')));
  });
  connected.catch(() => {});
  try {
    await listen(server, `/proc/self/fd/${directory.fd}/${place.name}`);
  } catch (error) {
    await directory.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = async () => {
    connection?.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await directory.close();
  };
  return {
    client: async () => {
      const limitMs = place.limits.greetingMs;
      const client = await within(connected, { limitMs, what: 'a greeting' });
      await within(client.greeted, { limitMs, what: 'a greeting' });
      await client.execute('qmp_capabilities');
      return client;
    },
    drained: async () => connection?.ended(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

interface Waiting {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: QmpError): void;
}

class Connection implements QmpClient {
  readonly greeted: Promise<void>;
  readonly #events: QmpEvent[] = [];
  readonly #closed: Promise<void>;
  #greet: () => void = () => {};
  #waiting: Waiting | undefined;
  #text = '';

  constructor(
    private readonly socket: Socket,
    private readonly limits: QmpLimits,
  ) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    // A QEMU that is killed resets the connection; its end is told by `close`.
    socket.on('error', () => {});
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#fail('QEMU closed the connection');
        resolve();
      });
    });
    const greeting = new Promise<void>((resolve) => {
      this.#greet = resolve;
    });
    this.greeted = Promise.race([greeting, this.#closed]);
  }

  async execute(command: string, commandArguments?: Readonly<Record<string, unknown>>) {
    if (this.#waiting !== undefined) throw new QmpError(`${command} sent before an answer`);
    if (this.socket.destroyed) throw new QmpError(`${command}: QEMU closed the connection`);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting = { command, resolve, reject };
    });
    const request = { execute: command, ...(commandArguments && { arguments: commandArguments }) };
    this.socket.write(`${JSON.stringify(request)}\n`);
    return within(answer, { limitMs: this.limits.answerMs, what: `an answer to ${command}` });
  }

  events(): readonly QmpEvent[] {
    return this.#events;
  }

  ended(): Promise<void> {
    return this.#closed;
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    if (this.#text.length > LINE_LENGTH_MAX) this.socket.destroy();
    for (const line of lines) this.#take(parseMessage(line));
  }

  #take(message: Readonly<Record<string, unknown>>): void {
    if ('QMP' in message) this.#greet();
    else if (typeof message.event === 'string') {
      const event = { name: message.event, data: recordOf(message.data) };
      if (this.#events.length < EVENTS_MAX) this.#events.push(event);
    } else if ('error' in message) this.#fail(String(recordOf(message.error).desc));
    else if ('return' in message) {
      this.#waiting?.resolve(message.return);
      this.#waiting = undefined;
    }
  }

  #fail(why: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(new QmpError(`${waiting.command}: ${why}`));
  }
}

/** What is not JSON says nothing, and is passed over; a lost answer is then told by its limit. */
function parseMessage(line: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return {};
  }
}

/** The members of a JSON object; nothing where it is none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function within<Value>(
  promise: Promise<Value>,
  limit: { readonly limitMs: number; readonly what: string },
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `QEMU did not give ${limit.what} within ${limit.limitMs} ms`;
    timer = setTimeout(() => reject(new QmpError(text)), limit.limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
