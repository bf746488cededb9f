// SPDX-License-Identifier: Apache-2.0
/**
 * Takes the swap devices of a host out of use and brings them back, also those that a killed agent
 * has left out. Which they were is on the disk before the first one goes.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabsweepError } from '@labsweep/proto';
import { writeDurably } from '../io/durable-file.js';
import { runProcess } from '../io/process.js';

export interface SwapSwitch {
  /** Throws LabsweepError when a device stays in use; what went is still in the journal then. */
  off(): Promise<readonly string[]>;
  /** A line for each device that came back. Throws LabsweepError; the journal stays then. */
  restore(): Promise<readonly string[]>;
}

/** Reading back what was swapped out may take minutes from a slow disk. */
const COMMAND_MS_MAX = 3 * 60_000;
const OUTPUT_BYTES_MAX = 65_536;

/** A journal of another format is refused, not guessed at. */
const FORMAT = 'labsweep-swap-1';

interface SwapDevice {
  readonly path: string;
  readonly priority: number;
}

export interface SwapPlace {
  /** `/` but for tests. */
  readonly root: string;
  readonly journalPath: string;
  /** `swapoff` and `swapon`, but for tests. */
  readonly run?: (command: string, words: readonly string[]) => Promise<void>;
}

export function createSwapSwitch({ root, journalPath, run = runTool }: SwapPlace): SwapSwitch {
  const inUse = async () => parseSwaps(await readFile(join(root, 'proc/swaps'), 'utf8'));
  const bootId = () => readFile(join(root, 'proc/sys/kernel/random/boot_id'), 'utf8');
  const switchOff = async () => {
    const devices = await inUse().catch((): SwapDevice[] => []);
    if (devices.length === 0) return [];
    const left = (await readJournal(journalPath))?.devices ?? [];
    const all = [...left, ...devices.filter(({ path }) => !left.some((one) => one.path === path))];
    const record = { format: FORMAT, bootId: (await bootId()).trim(), devices: all };
    await mkdir(dirname(journalPath), { recursive: true });
    await writeDurably(journalPath, JSON.stringify(record));
    for (const { path } of devices) await run('swapoff', [path]);
    const stays = (await inUse()).map(({ path }) => path).join(', ');
    if (stays !== '') throw new LabsweepError(`swap: ${stays} stays in use after swapoff`);
    return [];
  };
  const restore = async () => {
    const journal = await readJournal(journalPath);
    if (journal === undefined) return [];
    // After a reboot the machine has set up its own.
    const isOld = journal.bootId !== (await bootId()).trim();
    const used = new Set((await inUse()).map(({ path }) => path));
    const gone = isOld ? [] : journal.devices.filter(({ path }) => !used.has(path));
    for (const { path, priority } of gone) {
      await run('swapon', [...(priority < 0 ? [] : ['--priority', String(priority)]), path]);
    }
    await rm(journalPath, { force: true });
    return gone.map(({ path }) => `swap on ${path} is in use again`);
  };
  return { off: switchOff, restore };
}

/** The kernel writes blanks in names as octal numbers; priorities below 0 are its own choice. */
function parseSwaps(text: string): SwapDevice[] {
  return text.split('\n').flatMap((line, index) => {
    const [path = '', , , , priority = ''] = line.split(/\s+/);
    if (index === 0 || path === '') return [];
    const plain = path.replace(/\\(\d{3})/g, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    return [{ path: plain, priority: Number(priority) }];
  });
}

async function readJournal(path: string) {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { format, bootId, devices } = parseJson(text);
  if (format === FORMAT && typeof bootId === 'string' && Array.isArray(devices)) {
    if (devices.every(isDevice)) return { bootId, devices };
  }
  throw new LabsweepError(
    `${path} is not a journal of swap devices that this labsweep can read; bring them back by ` +
      '`swapon -a`, and remove it',
  );
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function isDevice(value: unknown): value is SwapDevice {
  if (typeof value !== 'object' || value === null) return false;
  const { path, priority } = value as Readonly<Record<string, unknown>>;
  return typeof path === 'string' && typeof priority === 'number';
}

async function runTool(command: string, words: readonly string[]): Promise<void> {
  const end = await runProcess({
    command,
    arguments: words,
    outputBytesMax: OUTPUT_BYTES_MAX,
    stop: AbortSignal.timeout(COMMAND_MS_MAX),
  });
  if (end.ending.kind === 'exited' && end.ending.code === 0) return;
  const said = new TextDecoder().decode(end.stderr).trim();
  const why = end.ending.kind === 'not-started' ? end.ending.message : said;
  throw new LabsweepError(`${command} ${words.join(' ')} failed: ${why}; run the agent as root`);
}
