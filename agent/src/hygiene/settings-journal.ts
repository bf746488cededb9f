// SPDX-License-Identifier: Apache-2.0
/**
 * Changes settings of the kernel (files of /sys and /proc/sys) so that they always go back: the old
 * values are on the disk before the first write, and an agent that was killed restores them at its
 * next start. It does not know which settings are good for a measurement.
 */
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabsweepError, messageOf } from '@labsweep/proto';

export interface Setting {
  /** Relative to the root, for example `sys/devices/system/cpu/cpu1/online`. */
  readonly path: string;
  readonly value: string;
}

export interface JournalPlace {
  /** `/` but for tests. */
  readonly root?: string;
  /** A file of ours alone, on a disk that keeps what is synced. Its folder is made. */
  readonly journalPath: string;
}

/** The kernel did not take a value. What was changed before it is still in the journal. */
export class SettingError extends LabsweepError {
  override readonly name = 'SettingError';

  constructor(
    readonly setting: Setting,
    /** What the file reads now; undefined where it could not be read or written. */
    readonly found: string | undefined,
    cause?: unknown,
  ) {
    const path = `/${setting.path}`;
    const problem =
      found === undefined ? messageOf(cause) : `it still reads '${found}' after the write`;
    super(
      `${path} cannot be set to '${setting.value}': ${problem}; run the agent as root on a ` +
        'machine whose kernel allows it, or leave the setting alone',
      { cause },
    );
  }
}

interface Entry {
  readonly path: string;
  readonly before: string;
}

/** A journal of another format is refused, not guessed at. */
const FORMAT = 'labsweep-settings-1';
const BOOT_ID = 'proc/sys/kernel/random/boot_id';
/** A setting may be refused until another one is back; two passes undo every order we know of. */
const RESTORE_PASSES_MAX = 2;

export class SettingsJournal {
  private constructor(
    private readonly place: Required<JournalPlace>,
    private readonly bootId: string,
    private entries: readonly Entry[],
  ) {}

  /**
   * Reads what a killed agent left behind; `restore` puts it back. Settings do not outlive a
   * reboot, so that a journal of an earlier boot is dropped. Rejects when the file is not a
   * journal of ours.
   */
  static async open({ root = '/', journalPath }: JournalPlace): Promise<SettingsJournal> {
    const bootId = await readFile(join(root, BOOT_ID), 'utf8').then(
      (text) => text.trim(),
      () => 'absent',
    );
    const left = parseJournal(await readIfThere(journalPath), journalPath);
    const place = { root, journalPath };
    const journal = new SettingsJournal(place, bootId, left.bootId === bootId ? left.entries : []);
    if (left.bootId !== undefined && left.bootId !== bootId) await journal.remove();
    return journal;
  }

  /** Paths that have been set and not restored, in the order in which they were set. */
  get pending(): readonly string[] {
    return this.entries.map(({ path }) => path);
  }

  /** Throws SettingError when the file does not read as wanted afterwards. */
  async set(path: string, value: string): Promise<void> {
    await this.setAll([{ path, value }]);
  }

  /** Sets one after the other behind a single sync to disk, which is what costs. */
  async setAll(settings: readonly Setting[]): Promise<void> {
    const added: Entry[] = [];
    for (const setting of settings) {
      added.push({ path: setting.path, before: await this.read(setting) });
    }
    if (added.length === 0) return;
    await this.append(added);
    for (const setting of settings) await this.apply(setting);
  }

  /**
   * As `setAll`, for settings that the kernel may refuse one by one: those stay as they are, and
   * why is given for each. What cannot even be read is left out.
   */
  async setAllPossible(settings: readonly Setting[]): Promise<readonly SettingError[]> {
    const refused: SettingError[] = [];
    const refuse = (error: unknown) => {
      if (!(error instanceof SettingError)) throw error;
      refused.push(error);
    };
    const readable: { readonly setting: Setting; readonly entry: Entry }[] = [];
    for (const setting of settings) {
      await this.read(setting).then((before) => {
        readable.push({ setting, entry: { path: setting.path, before } });
      }, refuse);
    }
    if (readable.length === 0) return refused;
    await this.append(readable.map(({ entry }) => entry));
    for (const { setting } of readable) await this.apply(setting).catch(refuse);
    return refused;
  }

  /**
   * Puts every old value back, the last one first, and says so in a line for each. Throws
   * LabsweepError when some could not be restored; those stay in the journal for the next try.
   */
  async restore(): Promise<readonly string[]> {
    if (this.entries.length === 0) return [];
    const told: string[] = [];
    const problems = new Map<Entry, string>();
    for (let pass = 0; pass < RESTORE_PASSES_MAX; pass++) {
      for (const entry of [...this.entries].reverse()) {
        if (pass > 0 && !problems.has(entry)) continue;
        problems.delete(entry);
        await this.putBack(entry).then(
          (line) => told.push(line),
          (error) => problems.set(entry, messageOf(error)),
        );
      }
    }
    this.entries = this.entries.filter((entry) => problems.has(entry));
    if (problems.size > 0) {
      await this.write(this.entries);
      throw new LabsweepError([...problems.values()].join('\n'));
    }
    await this.remove();
    return told;
  }

  private async putBack({ path, before }: Entry): Promise<string> {
    const setting = { path, value: before };
    const now = await this.read(setting);
    if (now === before) return `/${path} is ${before} again`;
    await this.apply(setting);
    return `/${path} set back from ${now} to ${before}`;
  }

  private async apply(setting: Setting): Promise<void> {
    // Without O_CREAT: a setting that the kernel does not have must not become a file.
    const flag = constants.O_WRONLY | constants.O_TRUNC;
    try {
      await writeFile(join(this.place.root, setting.path), setting.value, { flag });
    } catch (error) {
      throw new SettingError(setting, undefined, error);
    }
    const found = await this.read(setting);
    if (found !== setting.value) throw new SettingError(setting, found);
  }

  private async read(setting: Setting): Promise<string> {
    try {
      return chosenValue(await readFile(join(this.place.root, setting.path), 'utf8'));
    } catch (error) {
      throw new SettingError(setting, undefined, error);
    }
  }

  private async append(added: readonly Entry[]): Promise<void> {
    const entries = [...this.entries, ...added];
    await this.write(entries);
    this.entries = entries;
  }

  /** Whole or not at all: a crash leaves either the old journal or the new one. */
  private async write(entries: readonly Entry[]): Promise<void> {
    const { journalPath } = this.place;
    await mkdir(dirname(journalPath), { recursive: true });
    const file = await open(`${journalPath}.tmp`, 'w');
    try {
      await file.writeFile(JSON.stringify({ format: FORMAT, bootId: this.bootId, entries }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${journalPath}.tmp`, journalPath);
    await syncDirectory(dirname(journalPath));
  }

  private async remove(): Promise<void> {
    const { journalPath } = this.place;
    await rm(journalPath, { force: true });
    await syncDirectory(dirname(journalPath)).catch(ignoreMissing);
  }
}

/** Files such as `always [madvise] never` list their choices and mark the one in force. */
export function chosenValue(text: string): string {
  return /\[([^\]\s]+)\]/.exec(text)?.[1] ?? text.trim();
}

interface Leftover {
  readonly bootId: string | undefined;
  readonly entries: readonly Entry[];
}

function parseJournal(text: string | undefined, journalPath: string): Leftover {
  if (text === undefined) return { bootId: undefined, entries: [] };
  try {
    const { format, bootId, entries } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (format === FORMAT && typeof bootId === 'string' && Array.isArray(entries)) {
      if (entries.every(isEntry)) return { bootId, entries };
    }
  } catch (error) {
    throw notOurs(journalPath, error);
  }
  throw notOurs(journalPath);
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { path, before } = value as Readonly<Record<string, unknown>>;
  return typeof path === 'string' && typeof before === 'string';
}

function notOurs(journalPath: string, cause?: unknown): LabsweepError {
  return new LabsweepError(
    `${journalPath} is not a journal of settings that this labsweep can read; look at what it ` +
      'holds, set those files of /sys back by hand, and remove it',
    { cause },
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error) => {
    ignoreMissing(error);
    return undefined;
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}
