// SPDX-License-Identifier: Apache-2.0
/** Wires a controller: folds the log, then serves users and agents until it is told to stop. */
import { randomUUID } from 'node:crypto';
import {
  type Address,
  type Broker,
  connectBroker,
  formatAddress,
  LabsweepError,
  type LeaseId,
  type LogEntry,
  messageOf,
  type Note,
  systemClock,
} from '@labsweep/proto';
import { agentHandlers } from './io/agent-server.js';
import { CommandDesk } from './io/command-desk.js';
import { listen } from './io/server.js';
import { Submission } from './io/submission.js';
import { sweepHandlers } from './io/sweep-server.js';
import { SweepLoop } from './sweep-loop.js';

export interface ControllerOptions {
  readonly listen: Address;
  readonly natsUrl: string;
  /** Kernels and compiled workloads. */
  readonly cacheDirectory: string;
  /** Called once, with the address that was really bound. */
  onReady(address: Address): void;
  readonly signal: AbortSignal;
  readonly note: Note;
}

const TICK_INTERVAL_MS = 1_000;

/** Throws LabsweepError when nats-server is out of reach or the address cannot be bound. */
export async function runController(options: ControllerOptions): Promise<void> {
  const { natsUrl, note, signal } = options;
  const broker = await connectBroker({ url: natsUrl, name: 'controller', create: true });
  try {
    await serve(options, broker);
  } finally {
    await broker.close();
  }
  if (!signal.aborted) note('controller ends');
}

async function serve(options: ControllerOptions, broker: Broker): Promise<void> {
  const { natsUrl, note, signal } = options;
  const append = (entry: LogEntry) => {
    broker.log.append(entry).catch((error) => note(`cannot append: ${messageOf(error)}`));
  };
  const newLeaseId = () => randomUUID() as LeaseId;
  const loop = new SweepLoop({
    clock: systemClock,
    append,
    newLeaseId,
    isReigning: () => true,
    acknowledged: () => {},
    note,
    natsUrl,
  });
  const { followed } = await replay(broker, loop, options);
  const parts = { broker, loop, cacheDirectory: options.cacheDirectory };
  const submission = new Submission(parts);
  const desk = new CommandDesk(parts, submission);
  const server = await listen(options.listen, {
    agent: agentHandlers(loop, note),
    sweep: sweepHandlers({ loop, broker, submission, desk }),
  });
  const ticker = setInterval(() => loop.tick(), TICK_INTERVAL_MS);
  options.onReady(server.address);
  note(`listening on ${formatAddress(server.address)}`);
  try {
    await Promise.race([followed, broker.closed, aborted(signal)]);
    if (!signal.aborted) throw new LabsweepError(`connection to ${natsUrl} is gone for good`);
  } finally {
    clearInterval(ticker);
    server.close();
  }
}

/** Folds what the log holds, then goes on following it in the background. */
async function replay(
  broker: Broker,
  loop: SweepLoop,
  { note, signal }: ControllerOptions,
): Promise<{ readonly followed: Promise<void> }> {
  const lastSequence = await broker.log.lastSequence();
  let caughtUp = () => {};
  const replayed = new Promise<void>((resolve) => {
    caughtUp = resolve;
  });
  if (lastSequence === 0) caughtUp();
  const follow = async () => {
    for await (const message of broker.log.follow(signal)) {
      if ('entry' in message) {
        loop.entry(message.entry, message.sequence);
        loop.synced(message.sequence);
      } else note(`log message ${message.sequence} is skipped: ${message.malformed}`);
      if (message.sequence >= lastSequence) caughtUp();
    }
  };
  const followed = follow();
  await Promise.race([replayed, followed]);
  note(`folded ${lastSequence} log entries`);
  loop.reign(1);
  // Wrapped, because an async function that returned the bare promise would wait for it.
  return { followed };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
