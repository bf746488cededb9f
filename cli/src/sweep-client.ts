// SPDX-License-Identifier: Apache-2.0
/**
 * A user's side of SweepService: promises and async iteration, with our errors in place of gRPC's.
 */
import { type ClientReadableStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import {
  type Address,
  formatAddress,
  LabsweepError,
  readSweepSummary,
  readWatchEvent,
  type Sha256,
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

export interface SubmitOptions {
  readonly sweep: SweepId;
  readonly specPath: string;
  readonly specText: string;
  readonly files: Readonly<Record<string, Sha256>>;
  readonly seed: number;
  readonly by: string;
  onProgress(line: string): void;
  readonly signal: AbortSignal;
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
    let accepted: SweepSummary | undefined;
    for await (const event of this.read(stream, signal)) {
      if (event.body === 'progress') onProgress(event.progress ?? '');
      if (event.body === 'accepted') accepted = readSweepSummary(event.accepted);
    }
    if (accepted !== undefined) return accepted;
    throw new LabsweepError('the controller ended the submission without an answer');
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

  cancel(sweep: SweepId, by: string): Promise<SweepSummary> {
    return this.unary((options, reply) =>
      this.client.Cancel({ sweep, by }, options, (error, value) =>
        reply(error, value && readSweepSummary(value)),
      ),
    );
  }

  close(): void {
    this.client.close();
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
