// SPDX-License-Identifier: Apache-2.0
/**
 * A user's side of SweepService: promises and async iteration, with our errors in place of gRPC's.
 */
import { type ClientReadableStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import {
  type Address,
  formatAddress,
  type HostCommand,
  type HostList,
  LabsweepError,
  readHistory,
  readHostList,
  readSweepSummary,
  readWatchEvent,
  type Sha256,
  STANDBY_METADATA,
  type SweepCommand,
  type SweepHistory,
  type SweepId,
  SweepService,
  type SweepSummary,
  UsageError,
  type WatchEvent,
} from '@labsweep/proto';
import { type CallFailure, Failover } from './failover.js';
import { FreshEvents } from './fresh-events.js';

/** A stored answer takes milliseconds; this is for a controller that hangs. */
const CALL_LIMIT_MS = 30_000;
/** Where there is another one to ask. */
const CALL_LIMIT_OF_LIST_MS = 5_000;
/** How long a call waits for a controller that stands by; who watches waits for ever. */
const STANDBY_LIMIT_MS = 30_000;
/** At night nobody runs the command again when a controller, or its machine, has been restarted. */
const GONE_LIMIT_MS = 60 * 60_000;
/** A controller that vanished, or was stopped, is noticed within the sum of both. */
const KEEPALIVE_TIME_MS = 4_000;
const KEEPALIVE_TIMEOUT_MS = 3_000;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 1_000;
const CHUNK_BYTES = 256 * 1024;

/** For work that may download: lines for a person, and the way to give up. */
interface Progressing {
  onProgress(line: string): void;
  readonly signal: AbortSignal;
}

export interface SubmitOptions extends Progressing {
  readonly sweep: SweepId;
  readonly specPath: string;
  readonly specText: string;
  readonly files: Readonly<Record<string, Sha256>>;
  readonly seed: number;
  readonly by: string;
}

/** Fields that the kind has no use for stay empty. */
export interface CommandOptions extends Progressing {
  readonly sweep: SweepId;
  /** The same id again changes nothing, so a request may be repeated. */
  readonly id: string;
  readonly by: string;
  readonly kind: SweepCommand['kind'];
  readonly row: string;
  readonly count: number;
  readonly kernel: string;
  readonly source: string;
  readonly files: Readonly<Record<string, Sha256>>;
}

export interface HostCommandOptions {
  readonly id: string;
  readonly by: string;
  readonly kind: HostCommand['kind'];
  readonly host: string;
  readonly kernel: string;
  readonly reason: string;
}

type Stub = InstanceType<typeof SweepService>;

/** Every method throws UnreachableError, UsageError or LabsweepError. */
export class SweepClient {
  private readonly controllers: Failover<Stub>;
  private readonly callLimitMs: number;

  /** `onWaiting` gets a line for a person while no controller serves. */
  constructor(addresses: readonly Address[], onWaiting: (line: string) => void = () => {}) {
    this.callLimitMs = addresses.length > 1 ? CALL_LIMIT_OF_LIST_MS : CALL_LIMIT_MS;
    this.controllers = new Failover({ addresses, open, failureOf, textOf, onWaiting });
  }

  putArtifact(bytes: Uint8Array): Promise<Sha256> {
    const put = () =>
      new Promise<Sha256>((resolve, reject) => {
        const call = this.client.PutArtifact((error, artifact) => {
          if (error !== null) reject(error);
          else resolve((artifact?.sha256 ?? '') as Sha256);
        });
        for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
          call.write({ data: Buffer.from(bytes.subarray(start, start + CHUNK_BYTES)) });
        }
        call.end();
      });
    return this.ask(put);
  }

  getArtifact(sha256: Sha256): Promise<Uint8Array> {
    return this.ask(async () => {
      const parts: Uint8Array[] = [];
      const deadline = Date.now() + CALL_LIMIT_MS;
      const stream = this.client.GetArtifact({ sha256 }, { deadline });
      for await (const { data } of this.read(stream)) parts.push(data);
      return Buffer.concat(parts);
    });
  }

  /** Settles when the sweep is in the log; kernels may be downloaded before that. */
  submit(options: SubmitOptions): Promise<SweepSummary> {
    const { onProgress, signal, ...request } = options;
    const files = { ...request.files };
    const open = () => this.client.Submit({ ...request, files });
    return this.accepted(open, { onProgress, signal });
  }

  /** Settles when the command is kept (docs/DURABILITY.md); a kernel may be downloaded before. */
  command(options: CommandOptions): Promise<SweepSummary> {
    const { onProgress, signal, ...request } = options;
    const files = { ...request.files };
    const open = () => this.client.Command({ ...request, files });
    return this.accepted(open, { onProgress, signal });
  }

  /**
   * Goes on at the next controller when one is lost; nothing comes twice. While controllers stand
   * by it waits, for as long as it takes, and an hour for one that has served and is gone.
   */
  async *watch(sweep: SweepId, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const forever = Number.POSITIVE_INFINITY;
    const patience = this.controllers.patience(forever, signal, GONE_LIMIT_MS);
    const fresh = new FreshEvents();
    for (;;) {
      try {
        for await (const wire of this.read(this.client.Watch({ sweep }), signal)) {
          const event = readWatchEvent(wire);
          patience.progressed();
          if (fresh.take(event)) yield event;
        }
        return;
      } catch (error) {
        if (failureOf(error) === 'other') throw translate(error);
        await patience.failed(error);
      }
    }
  }

  list(): Promise<SweepSummary[]> {
    return this.unary((options, reply) =>
      this.client.List({}, options, (error, value) =>
        reply(error, value?.sweeps.map(readSweepSummary)),
      ),
    );
  }

  get(sweep: SweepId): Promise<SweepSummary> {
    return this.unary((options, reply) =>
      this.client.Get({ sweep }, options, (error, value) =>
        reply(error, value && readSweepSummary(value)),
      ),
    );
  }

  hosts(): Promise<HostList> {
    return this.unary((options, reply) =>
      this.client.ListHosts({}, options, (error, value) =>
        reply(error, value && readHostList(value)),
      ),
    );
  }

  /** Returns the hosts that the command is about. */
  commandHost(request: HostCommandOptions): Promise<HostList> {
    return this.unary((options, reply) =>
      this.client.CommandHost({ ...request }, options, (error, value) =>
        reply(error, value && readHostList(value)),
      ),
    );
  }

  /** In the order of the entries' times. */
  history(sweep: SweepId): Promise<SweepHistory> {
    return this.unary((options, reply) =>
      this.client.History({ sweep }, options, (error, value) =>
        reply(error, value && readHistory(value)),
      ),
    );
  }

  close(): void {
    for (const client of this.controllers.all()) client.close();
  }

  private get client(): Stub {
    return this.controllers.current;
  }

  /** The work may be repeated at another controller. */
  private async ask<Value>(work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    try {
      return await this.controllers.run(work, STANDBY_LIMIT_MS, signal);
    } catch (error) {
      throw translate(error);
    }
  }

  private accepted(
    openStream: () => ReturnType<Stub['Submit']>,
    { onProgress, signal }: Progressing,
  ): Promise<SweepSummary> {
    return this.ask(async () => {
      let accepted: SweepSummary | undefined;
      for await (const event of this.read(openStream(), signal)) {
        if (event.body === 'progress') onProgress(event.progress ?? '');
        if (event.body === 'accepted') accepted = readSweepSummary(event.accepted);
      }
      if (accepted !== undefined) return accepted;
      throw new LabsweepError('the controller ended the call without an answer');
    }, signal);
  }

  private unary<Value>(
    call: (
      options: { deadline: number },
      reply: (error: ServiceError | null, value?: Value) => void,
    ) => void,
  ): Promise<Value> {
    const once = () =>
      new Promise<Value>((resolve, reject) => {
        call({ deadline: Date.now() + this.callLimitMs }, (error, value) => {
          if (error !== null) reject(error);
          else if (value === undefined) reject(new LabsweepError('the controller gave no answer'));
          else resolve(value);
        });
      });
    return this.ask(once);
  }

  private async *read<Message>(
    stream: ClientReadableStream<Message>,
    signal?: AbortSignal,
  ): AsyncGenerator<Message> {
    const cancel = () => stream.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      signal?.throwIfAborted();
      for await (const message of stream) yield message as Message;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

function open(address: Address): Stub {
  return new SweepService(formatAddress(address), credentials.createInsecure(), {
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_MIN_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
  });
}

function failureOf(error: unknown): CallFailure {
  const { code, metadata } = error as Partial<ServiceError>;
  if (code !== status.UNAVAILABLE && code !== status.DEADLINE_EXCEEDED) return 'other';
  return metadata?.get(STANDBY_METADATA).length ? 'standby' : 'unreachable';
}

function textOf(error: unknown): string {
  const { details, message } = error as Partial<ServiceError>;
  return details || (message ?? String(error));
}

/** What gRPC failed with becomes one of ours; everything else passes as it is. */
function translate(error: unknown): unknown {
  const { code } = error as Partial<ServiceError>;
  if (error instanceof LabsweepError || typeof code !== 'number') return error;
  const isUsage = code === status.INVALID_ARGUMENT || code === status.NOT_FOUND;
  return isUsage ? new UsageError(textOf(error)) : new LabsweepError(textOf(error));
}
