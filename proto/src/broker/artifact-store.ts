// SPDX-License-Identifier: Apache-2.0
/** Artifacts by sha256 in the JetStream object store: kernels, reproducer binaries, serial logs. */
import { createHash } from 'node:crypto';
import {
  type JetStreamClient,
  type JetStreamManager,
  type NatsError,
  type ObjectInfo,
  type ObjectStore,
  StorageType,
} from 'nats';
import type { Sha256 } from '../domain.js';
import { ArtifactLostError, LabsweepError } from '../errors.js';
import { ARTIFACT_BUCKET } from '../subjects.js';
import { explainBrokerFailure } from './broker-failure.js';

const STREAM = `OBJ_${ARTIFACT_BUCKET}`;
const HOW_TO_MEND =
  'what a sweep was given is stored anew when it is submitted again: run the same command once more';
/** Of an artifact that others store anew while it is read. */
const READ_ATTEMPTS_MAX = 3;

/** The name under which bytes are stored everywhere. */
export function sha256Of(bytes: Uint8Array | string): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}

export class ArtifactStore {
  private constructor(
    private readonly bucket: ObjectStore,
    private readonly manager: JetStreamManager,
  ) {}

  /** Opens the bucket, and makes it where it is missing. */
  static async open(streams: JetStreamClient, manager: JetStreamManager): Promise<ArtifactStore> {
    const bucket = await streams.views.os(ARTIFACT_BUCKET, { storage: StorageType.File });
    return new ArtifactStore(bucket, manager);
  }

  /**
   * Stores bytes under their sha256 and returns it. What is there already is not sent again, but
   * read: a store that has lost a part of it gets it anew. Throws LabsweepError when the broker
   * does not take them.
   */
  async put(bytes: Uint8Array): Promise<Sha256> {
    const sha256 = sha256Of(bytes);
    try {
      const isWhole = typeof (await this.read(sha256)) !== 'string';
      if (!isWhole) await this.bucket.putBlob({ name: sha256 }, bytes);
    } catch (error) {
      const why = explainBrokerFailure(error);
      throw new LabsweepError(`artifact ${sha256} cannot be stored: ${why}`, { cause: error });
    }
    return sha256;
  }

  /** What is wrong with it, as a clause; undefined when it can be read. Throws LabsweepError. */
  async defect(sha256: Sha256): Promise<string | undefined> {
    try {
      const found = await this.read(sha256);
      return typeof found === 'string' ? found : undefined;
    } catch (error) {
      const why = explainBrokerFailure(error);
      throw new LabsweepError(`artifact ${sha256} cannot be read: ${why}`, { cause: error });
    }
  }

  /** Throws ArtifactLostError when it is missing or its bytes are not what its name says. */
  async get(sha256: Sha256): Promise<Uint8Array> {
    const found = await this.read(sha256);
    if (typeof found !== 'string') return found;
    throw new ArtifactLostError(`artifact ${sha256} ${found}; ${HOW_TO_MEND}`);
  }

  /** The bytes, or what is wrong with them. */
  private async read(sha256: Sha256): Promise<Uint8Array | string> {
    for (let attempt = 1; ; attempt += 1) {
      const info = await this.bucket.info(sha256);
      if (info === null || info.deleted) return `is not in the object store ${ARTIFACT_BUCKET}`;
      const bytes = await this.bytesOf(info);
      if (bytes !== undefined && sha256Of(bytes) === sha256) return bytes;
      const now = await this.bucket.info(sha256);
      if (now?.nuid !== info.nuid && attempt < READ_ATTEMPTS_MAX) continue;
      const what = bytes === undefined ? 'parts of it are lost' : 'its bytes are other ones';
      return `is damaged in the object store ${ARTIFACT_BUCKET} (${what})`;
    }
  }

  /**
   * Each part is asked for, because the client's own way to read waits for ever for what the store
   * has lost. Undefined when a part is missing.
   */
  private async bytesOf({ nuid, chunks }: ObjectInfo): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    for (let seq = 1; parts.length < chunks; ) {
      const part = await this.nextPart({ seq, next_by_subj: `$O.${ARTIFACT_BUCKET}.C.${nuid}` });
      if (part === undefined) return undefined;
      parts.push(part.data);
      seq = part.seq + 1;
    }
    return Buffer.concat(parts);
  }

  private async nextPart(query: { readonly seq: number; readonly next_by_subj: string }) {
    try {
      return await this.manager.streams.getMessage(STREAM, query);
    } catch (error) {
      if ((error as Partial<NatsError>).code === '404') return undefined;
      throw error;
    }
  }
}
