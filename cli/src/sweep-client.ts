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
  type LogEntry,
  readHistory,
  readHostList,
  readSweepSummary,
  readWatchEvent,
  type Sha256,
  type SweepCommand,
  type SweepId,
  SweepService,
  type SweepSummary,
  UnreachableError,
  UsageError,
  type WatchEvent,
} from '@labsweep/proto';

/** A stored answer takes milliseconds; this is for a controller that hangs. */
const CALL_LIMIT_MS = 30_000;
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

/** Every method throws UnreachableError, UsageError or LabsweepError. */
export class SweepClient {
  private readonly client: InstanceType<typeof SweepService>;

  constructor(private readonly address: Address) {
    this.client = new SweepService(formatAddress(address), credentials.createInsecure());
  }

  putArtifact(bytes: Uint8Array): Promise<Sha256> {
    return new Promise((resolve, reject) => {
      const call = this.client.PutArtifact((error, artifact) => {
        if (error !== null) reject(this.translate(error));
        else resolve((artifact?.sha256 ?? '') as Sha256);
      });
      for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
        call.write({ data: Buffer.from(bytes.subarray(start, start + CHUNK_BYTES)) });
      }
      call.end();
    });
  }

  async getArtifact(sha256: Sha256): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const stream = this.client.GetArtifact({ sha256 }, { deadline: Date.now() + CALL_LIMIT_MS });
    for await (const { data } of this.read(stream)) parts.push(data);
    return Buffer.concat(parts);
  }

  /** Settles when the sweep is in the log; kernels may be downloaded before that. */
  async submit(options: SubmitOptions): Promise<SweepSummary> {
    const { onProgress, signal, ...request } = options;
    const stream = this.client.Submit({ ...request, files: { ...request.files } });
    return this.accepted(stream, { onProgress, signal }, 'submission');
  }

  async *watch(sweep: SweepId, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    for await (const event of this.read(this.client.Watch({ sweep }), signal)) {
      yield readWatchEvent(event);
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

  /** Settles when the command is in the log and folded; a kernel may be downloaded before that. */
  async command(options: CommandOptions): Promise<SweepSummary> {
    const { onProgress, signal, ...request } = options;
    const stream = this.client.Command({ ...request, files: { ...request.files } });
    return this.accepted(stream, { onProgress, signal }, 'command');
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

  /** Submitted, commanded and host-commanded entries, in the order of their times. */
  history(sweep: SweepId): Promise<LogEntry[]> {
    return this.unary((options, reply) =>
      this.client.History({ sweep }, options, (error, value) =>
        reply(error, value && readHistory(value)),
      ),
    );
  }

  close(): void {
    this.client.close();
  }

  private async accepted(
    stream: ReturnType<typeof this.client.Submit>,
    { onProgress, signal }: Progressing,
    what: string,
  ): Promise<SweepSummary> {
    let accepted: SweepSummary | undefined;
    for await (const event of this.read(stream, signal)) {
      if (event.body === 'progress') onProgress(event.progress ?? '');
      if (event.body === 'accepted') accepted = readSweepSummary(event.accepted);
    }
    if (accepted !== undefined) return accepted;
    throw new LabsweepError(`the controller ended the ${what} without an answer`);
  }

  private unary<Value>(
    call: (
      options: { deadline: number },
      reply: (error: ServiceError | null, value?: Value) => void,
    ) => void,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      call({ deadline: Date.now() + CALL_LIMIT_MS }, (error, value) => {
        if (error !== null) reject(this.translate(error));
        else if (value === undefined) reject(new LabsweepError('the controller gave no answer'));
        else resolve(value);
      });
    });
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
      throw this.translate(error as ServiceError);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  private translate(error: ServiceError): Error {
    const text = error.details || error.message;
    switch (error.code) {
      case status.UNAVAILABLE:
      case status.DEADLINE_EXCEEDED: {
        const where = formatAddress(this.address);
        return new UnreachableError(
          `no controller answers at ${where}: ${text}; is it running? Without --controller, ` +
            'labsweep run starts one for itself',
        );
      }
      case status.INVALID_ARGUMENT:
      case status.NOT_FOUND:
        return new UsageError(text);
      default:
        return new LabsweepError(text);
    }
  }
}
