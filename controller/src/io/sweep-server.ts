// SPDX-License-Identifier: Apache-2.0
/**
 * SweepService over gRPC: what users ask, translated and handed to the sweep loop and the
 * submission.
 */
import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  LabsweepError,
  type Sha256,
  type SweepId,
  type SweepServiceHandlers,
  UsageError,
  writeWatchEvent,
} from '@labsweep/proto';
import type { SweepLoop } from '../sweep-loop.js';
import { summarize } from '../sweep-progress.js';
import type { CommandDesk } from './command-desk.js';
import { commandHandlers } from './command-handlers.js';
import type { ForgoneCommand } from './forgone-commands.js';
import { answer, progressHooks, toStatus, unary } from './replies.js';
import type { Submission, SubmissionParts } from './submission.js';

/** gRPC refuses messages beyond 4 MiB, and small ones let other calls in between. */
const CHUNK_BYTES = 256 * 1024;
/** The largest artifact a user may hand in; a kernel image has about 15 MiB. */
const ARTIFACT_BYTES_MAX = 512 * 1024 * 1024;

export interface SweepServerParts {
  readonly loop: SweepLoop;
  readonly broker: SubmissionParts['broker'];
  readonly submission: Submission;
  readonly desk: CommandDesk;
  /** See `LogWriter.forgoneCommands`. */
  forgone(): readonly ForgoneCommand[];
}

type Handlers = SweepServiceHandlers;

export function sweepHandlers(parts: SweepServerParts): Handlers {
  const { loop, broker, submission, desk } = parts;
  const find = (id: string) => desk.find(id);
  return {
    PutArtifact: (call, reply) => {
      collect(call)
        .then((bytes) => broker.artifacts.put(bytes))
        .then(
          (sha256) => reply(null, { sha256 }),
          (error) => reply(toStatus(error)),
        );
    },
    GetArtifact: (call) => {
      answer(call, async () => {
        const bytes = await broker.artifacts.get(call.request.sha256 as Sha256);
        for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
          const data = Buffer.from(bytes.subarray(start, start + CHUNK_BYTES));
          if (!call.write({ data })) await drained(call);
        }
      });
    },
    Submit: (call) => {
      answer(call, async () => {
        const request = { ...call.request, sweep: call.request.sweep as SweepId };
        await submission.submit(request, progressHooks(call));
        call.write({ accepted: summarize(find(call.request.sweep)) });
      });
    },
    Get: (call, reply) => unary(reply, () => summarize(find(call.request.sweep))),
    List: (_call, reply) => unary(reply, () => ({ sweeps: loop.summaries() })),
    Watch: (call) => {
      const watch = () => {
        let isFull = false;
        return loop.watch(find(call.request.sweep), {
          send: (event) => {
            isFull = !call.write(writeWatchEvent(event));
          },
          drained: async () => {
            if (isFull) await drained(call);
          },
          end: () => call.end(),
          fail: (reason) => call.emit('error', toStatus(new LabsweepError(reason))),
        });
      };
      try {
        const leave = watch();
        call.on('cancelled', leave);
      } catch (error) {
        call.emit('error', toStatus(error));
      }
    },
    ...commandHandlers(parts),
  };
}

/** Settles, too, when the user has gone. */
function drained<In, Out>(call: ServerWritableStream<In, Out>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      call.off('cancelled', done);
      resolve();
    };
    call.on('drain', done);
    call.on('cancelled', done);
    if (call.cancelled) done();
  });
}

async function collect(chunks: AsyncIterable<{ data: Buffer }>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const { data } of chunks) {
    size += data.length;
    if (size > ARTIFACT_BYTES_MAX) {
      throw new UsageError(`an artifact may have at most ${ARTIFACT_BYTES_MAX} bytes`);
    }
    parts.push(data);
  }
  return Buffer.concat(parts);
}
