// SPDX-License-Identifier: Apache-2.0
/**
 * The one entry of JetStream KV that says which controller reigns. It only reads and replaces;
 * who may take the lock, and when, is decided by the controller.
 */
import { type JetStreamClient, type JetStreamManager, type NatsError, StorageType } from 'nats';
import { z } from 'zod';
import { LOG_STREAM, REIGN_BUCKET } from '../subjects.js';
import { brokerFailureOf } from './broker-failure.js';

const processIdentity = z.object({
  bootId: z.string(),
  /** Process numbers mean something inside one namespace only. */
  pidNamespace: z.string(),
  pid: z.number().int().positive(),
  /** In clock ticks after the boot, because process numbers are used again. */
  startedAtTicks: z.string(),
});

const reignRecord = z.object({
  term: z.number().int().positive(),
  /** One life of one controller process. */
  session: z.string().min(1),
  /** Where it listens. */
  address: z.string(),
  hostName: z.string(),
  /** Unix time, for people only. */
  sinceMs: z.number(),
  /** Its holder left in order. */
  released: z.boolean(),
  process: processIdentity,
});

export type ProcessIdentity = z.infer<typeof processIdentity>;
export type ReignRecord = z.infer<typeof reignRecord>;

export interface ReignEntry {
  /** One that the store lost is given again to another value. */
  readonly revision: number;
  /** Unix time by the server's clock. */
  readonly storedAtMs: number;
  readonly record: ReignRecord;
}

const SUBJECT = `$KV.${REIGN_BUCKET}.reigning`;
const STREAM = `KV_${REIGN_BUCKET}`;
const NO_MESSAGE = 10_037;

export class ReignStore {
  private isMade = false;

  /** Both with a timeout well below the duration of the lock. */
  constructor(
    private readonly streams: JetStreamClient,
    private readonly manager: JetStreamManager,
  ) {}

  /** The last `read` has made the bucket, beside an empty log: it has not lost a value. */
  get isNew(): boolean {
    return this.isMade;
  }

  /**
   * Undefined when nobody ever reigned, or the store has lost who did. Throws what the broker
   * failed with.
   */
  async read(): Promise<ReignEntry | undefined> {
    this.isMade = false;
    try {
      const stored = await this.manager.streams.getMessage(STREAM, { last_by_subj: SUBJECT });
      const record = reignRecord.parse(stored.json());
      return { revision: stored.seq, storedAtMs: stored.time.getTime(), record };
    } catch (error) {
      const code = (error as NatsError).api_error?.err_code;
      if (code === NO_MESSAGE) return undefined;
      if (brokerFailureOf(error) !== 'no-stream') throw error;
      // The bucket was deleted, or this lab is new.
      await this.streams.views.kv(REIGN_BUCKET, { storage: StorageType.File, history: 1 });
      this.isMade = (await this.manager.streams.info(LOG_STREAM)).state.last_seq === 0;
      return undefined;
    }
  }

  /**
   * Replaces the entry of `previousRevision`, 0 for none, and returns the new revision. Fails with
   * `overtaken` when that one is no longer the newest.
   */
  async write(record: ReignRecord, previousRevision: number): Promise<number> {
    const payload = new TextEncoder().encode(JSON.stringify(record));
    const expect = { lastSubjectSequence: previousRevision };
    return (await this.streams.publish(SUBJECT, payload, { expect })).seq;
  }
}
