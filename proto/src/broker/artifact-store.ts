// SPDX-License-Identifier: Apache-2.0
/** Artifacts by sha256 in the JetStream object store: kernels, reproducer binaries, serial logs. */
import { createHash } from 'node:crypto';
import { type JetStreamClient, type ObjectStore, StorageType } from 'nats';
import type { Sha256 } from '../domain.js';
import { LabsweepError } from '../errors.js';
import { ARTIFACT_BUCKET } from '../subjects.js';
import { explainBrokerFailure } from './broker-failure.js';

/** The name under which bytes are stored everywhere. */
export function sha256Of(bytes: Uint8Array | string): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}

export class ArtifactStore {
  private constructor(private readonly bucket: ObjectStore) {}

  /** Opens the bucket, and makes it where it is missing. */
  static async open(streams: JetStreamClient): Promise<ArtifactStore> {
    return new ArtifactStore(
      await streams.views.os(ARTIFACT_BUCKET, { storage: StorageType.File }),
    );
  }

  async has(sha256: Sha256): Promise<boolean> {
    return (await this.bucket.info(sha256)) !== null;
  }

  /**
   * Stores bytes under their sha256 and returns it; what is there already is not sent again. Throws
   * LabsweepError when the broker does not take them.
   */
  async put(bytes: Uint8Array): Promise<Sha256> {
    const sha256 = sha256Of(bytes);
    try {
      if (!(await this.has(sha256))) await this.bucket.putBlob({ name: sha256 }, bytes);
    } catch (error) {
      const why = explainBrokerFailure(error);
      throw new LabsweepError(`artifact ${sha256} cannot be stored: ${why}`, { cause: error });
    }
    return sha256;
  }

  /** Throws LabsweepError when the artifact is missing or its bytes are not what its name says. */
  async get(sha256: Sha256): Promise<Uint8Array> {
    const bytes = await this.bucket.getBlob(sha256);
    if (bytes === null) {
      throw new LabsweepError(`artifact ${sha256} is not in the object store ${ARTIFACT_BUCKET}`);
    }
    if (sha256Of(bytes) !== sha256) {
      throw new LabsweepError(
        `artifact ${sha256} is damaged in the object store ${ARTIFACT_BUCKET}`,
      );
    }
    return bytes;
  }
}
