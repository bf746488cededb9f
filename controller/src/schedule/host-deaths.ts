// SPDX-License-Identifier: Apache-2.0
/**
 * Counts, by host, how often its agent or the machine itself died with a block in its hands. A host
 * that dies in every trial leaves no outcome, and would else come back to the same block for ever.
 */
import type { BlockId, HostId } from '@labsweep/proto';

/** After so many deaths in a row, what the host has begun is no longer left to it. */
export const DEATHS_MAX = 3;
/** After so many it is to be quarantined. */
export const FATAL_DEATHS_MIN = 5;

interface HostRecord {
  /** Of the agent's process, by the host's clock: another one came if it differs. */
  startedAtMs: number;
  /** What the host works on; undefined once it is known to have nothing to do. */
  block: BlockId | undefined;
  /** In a row, without an outcome between them. */
  deaths: number;
  lastBlock: BlockId | undefined;
  hasJustDied: boolean;
}

export class HostDeaths {
  private readonly records = new Map<HostId, HostRecord>();

  /** A session begins: of the process that was there before, or of another one. */
  came(host: HostId, startedAtMs: number): void {
    const known = this.records.get(host);
    const fresh = { block: undefined, deaths: 0, lastBlock: undefined, hasJustDied: false };
    const record = known ?? { ...fresh, startedAtMs };
    record.hasJustDied = record.block !== undefined && record.startedAtMs !== startedAtMs;
    if (record.hasJustDied) {
      record.deaths += 1;
      record.lastBlock = record.block;
    }
    this.records.set(host, record);
    record.startedAtMs = startedAtMs;
    record.block = undefined;
  }

  began(host: HostId, block: BlockId): void {
    const record = this.records.get(host);
    if (record !== undefined) record.block = block;
  }

  /** The agent has stopped working, or was told to: it may come back as another process now. */
  over(host: HostId): void {
    const record = this.records.get(host);
    if (record !== undefined) record.block = undefined;
  }

  /** An outcome of the host came, or somebody has mended it. */
  forget(host: HostId): void {
    const record = this.records.get(host);
    if (record !== undefined) record.deaths = 0;
  }

  hosts(): IterableIterator<HostId> {
    return this.records.keys();
  }

  count(host: HostId): number {
    return this.records.get(host)?.deaths ?? 0;
  }

  isRepeated(host: HostId): boolean {
    return this.count(host) >= DEATHS_MAX;
  }

  /** What happened, in words; undefined for a host that does not die again and again. */
  reason(host: HostId): string | undefined {
    const record = this.records.get(host);
    if (record === undefined || record.deaths < DEATHS_MAX) return undefined;
    const { deaths, lastBlock } = record;
    return (
      `its agent or the machine died ${deaths} times in a row in the middle of a block, ` +
      `with no outcome between; the last: ${lastBlock}`
    );
  }

  /** Why a host that comes back may not go on with what it held; undefined when it may. */
  reasonToStop(host: HostId): string | undefined {
    return this.records.get(host)?.hasJustDied === true ? this.reason(host) : undefined;
  }
}
