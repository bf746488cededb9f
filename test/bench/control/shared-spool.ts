// SPDX-License-Identifier: Apache-2.0
/**
 * One spool for all agents of a process: every outcome is synced to the disk before it is
 * published, as in the spool of a single agent, but those that come together share one sync. It
 * keeps no evidence, and a swarm that starts again begins with nothing.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { OutcomeSpool } from '@labsweep/agent';
import { formatLogEntry, messageIdOf, type TrialEnded } from '@labsweep/proto';

/** The file starts anew at this size, whatever is in it: nobody reads it back. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export class SharedJournal {
  private waiting: { readonly line: string; readonly done: () => void }[] = [];
  private writing: Promise<void> | undefined;
  private size = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<SharedJournal> {
    return new SharedJournal(await open(path, 'w'));
  }

  /** The line is on the disk when this settles. */
  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ line, done: resolve });
      this.writing ??= this.write().then(() => {
        this.writing = undefined;
      }, reject);
    });
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const text = batch.map(({ line }) => `${line}\n`).join('');
      if (this.size + text.length > FILE_BYTES_MAX) this.size = 0;
      await this.file.write(text, this.size);
      await this.file.datasync();
      this.size += text.length;
      for (const { done } of batch) done();
    }
  }
}

/** What one agent sees of the journal. */
export class SharedSpool implements OutcomeSpool {
  private readonly entries = new Map<string, TrialEnded>();

  constructor(private readonly journal: SharedJournal) {}

  async add(entry: TrialEnded, artifacts: readonly Uint8Array[]): Promise<void> {
    if (artifacts.length > 0) throw new Error('scripted trials have no evidence of their own');
    await this.journal.append(formatLogEntry(entry));
    this.entries.set(messageIdOf(entry), entry);
  }

  has(messageId: string): boolean {
    return this.entries.has(messageId);
  }

  unsettled(): readonly TrialEnded[] {
    return [...this.entries.values()];
  }

  async artifact(): Promise<undefined> {
    return undefined;
  }

  async settle(messageId: string): Promise<void> {
    this.entries.delete(messageId);
  }
}
