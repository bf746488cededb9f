// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the frames that the guest's init writes to its second serial port, one per line:
 * `LS1 <seq> <crc32> <kind> <text>`. It trusts a frame only by its number and checksum, and does
 * not judge what the frames say.
 */
import { crc32 } from './crc32.js';
import type { ProgramEnd, Transcript } from './transcript.js';

/**
 * Reads all that came over the result channel. Never throws: a damaged or cut channel gives what
 * could be read, with `complete` false and the first damage named.
 */
export function readGuestFrames(text: string): Transcript {
  const reader = new FrameReader();
  const lines = text.split('\n');
  const cutLine = lines.pop() ?? '';
  for (const line of lines) reader.readLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  if (cutLine !== '') reader.noteDamage(`the channel ends inside a line: ${quote(cutLine)}`);
  return reader.transcript();
}

interface Frame {
  readonly sequence: number;
  readonly kind: string;
  readonly text: string;
}

/** The state of one reading; it lives for one call of `readGuestFrames`. */
class FrameReader {
  readonly #facts: Record<string, string> = {};
  readonly #stdout: string[] = [];
  readonly #stderr: string[] = [];
  readonly #state: string[] = [];
  readonly #profile: string[] = [];
  #end: ProgramEnd | undefined;
  #error: string | undefined;
  #damage: string | undefined;
  #ended = false;
  #nextSequence = 0;
  /**
   * Pieces of a text that is spread over frames of `kind+`, still waiting for the closing frame.
   */
  #pending: { readonly kind: string; readonly bytes: number[] } | undefined;

  readLine(line: string): void {
    const frame = parseFrame(line);
    if (typeof frame === 'string') {
      this.noteDamage(`${frame}, where frame ${this.#nextSequence} should be: ${quote(line)}`);
      return;
    }
    if (this.#ended) this.noteDamage(`frame ${frame.sequence} comes after the end frame`);
    if (frame.sequence !== this.#nextSequence) {
      this.noteDamage(`frame ${frame.sequence} comes where frame ${this.#nextSequence} should be`);
    }
    this.#nextSequence = frame.sequence + 1;
    this.#join(frame);
  }

  /** Only the first damage is kept: what follows is mostly its consequence. */
  noteDamage(damage: string): void {
    this.#damage ??= damage;
  }

  transcript(): Transcript {
    return {
      facts: this.#facts,
      stdout: this.#stdout,
      stderr: this.#stderr,
      ...(this.#state.length > 0 && { state: this.#state }),
      ...(this.#profile.length > 0 && { profile: this.#profile }),
      ...(this.#end !== undefined && { end: this.#end }),
      ...(this.#error !== undefined && { error: this.#error }),
      complete: this.#ended && this.#damage === undefined,
      ...(this.#damage !== undefined && { damage: this.#damage }),
    };
  }

  /** Bytes are joined before they are decoded, because a cut may fall inside a character. */
  #join(frame: Frame): void {
    const isContinued = frame.kind.endsWith('+');
    const kind = isContinued ? frame.kind.slice(0, -1) : frame.kind;
    const pending = this.#pending;
    if (pending !== undefined && pending.kind !== kind) {
      this.noteDamage(`frame ${frame.sequence} (${kind}) cuts into an unfinished ${pending.kind}`);
    }
    const bytes = pending?.kind === kind ? pending.bytes : [];
    for (const byte of unescapeText(frame.text)) bytes.push(byte);
    this.#pending = isContinued ? { kind, bytes } : undefined;
    if (!isContinued) {
      this.#take({ sequence: frame.sequence, kind, text: decode(Uint8Array.from(bytes)) });
    }
  }

  #take(frame: Frame): void {
    const take = this.#takers.get(frame.kind);
    if (take === undefined) {
      this.noteDamage(`frame ${frame.sequence} is of the unknown kind '${frame.kind}'`);
      return;
    }
    take(frame);
  }

  readonly #takers: ReadonlyMap<string, (frame: Frame) => void> = new Map([
    ['fact', (frame: Frame) => this.#takeFact(frame)],
    ['out', ({ text }: Frame) => void this.#stdout.push(text)],
    ['err', ({ text }: Frame) => void this.#stderr.push(text)],
    ['state', ({ text }: Frame) => void this.#state.push(text)],
    ['profile', ({ text }: Frame) => void this.#profile.push(text)],
    ['exit', (frame: Frame) => this.#takeExit(frame)],
    [
      'error',
      ({ text }: Frame) => {
        this.#error = text;
      },
    ],
    ['end', (frame: Frame) => this.#takeEnd(frame)],
  ]);

  #takeFact(frame: Frame): void {
    const equals = frame.text.indexOf('=');
    if (equals <= 0) {
      this.noteDamage(`frame ${frame.sequence} is not name=value: ${quote(frame.text)}`);
      return;
    }
    this.#facts[frame.text.slice(0, equals)] = frame.text.slice(equals + 1);
  }

  #takeExit(frame: Frame): void {
    this.#end = parseExit(frame.text);
    if (this.#end === undefined) {
      this.noteDamage(`frame ${frame.sequence} is no exit that is known: ${quote(frame.text)}`);
    }
  }

  #takeEnd(frame: Frame): void {
    this.#ended = true;
    if (frame.text !== `frames=${frame.sequence}`) {
      this.noteDamage(`the end frame is number ${frame.sequence} but says ${quote(frame.text)}`);
    }
  }
}

/** Gives what is wrong with the line when it is not a frame. */
function parseFrame(line: string): Frame | string {
  const match = /^LS1 (\d{1,15}) ([0-9a-f]{8}) ([a-z]+\+?) (.*)$/.exec(line);
  if (match === null) return 'a line is not a frame';
  const [, sequence = '', checksum = '', kind = '', text = ''] = match;
  const seen = crc32(new TextEncoder().encode(`${sequence} ${kind} ${text}`));
  if (seen !== Number.parseInt(checksum, 16)) return 'a frame fails its checksum';
  return { sequence: Number(sequence), kind, text };
}

function parseExit(text: string): ProgramEnd | undefined {
  const match = /^(code|signal|exec_failed)=(.*)$/.exec(text);
  const value = match?.[2] ?? '';
  if (match?.[1] === 'exec_failed') return { kind: 'not-executed', message: value };
  if (!/^\d{1,3}$/.test(value)) return undefined;
  return match?.[1] === 'code'
    ? { kind: 'exited', code: Number(value) }
    : { kind: 'signalled', signal: Number(value) };
}

/** A backslash stands for itself when doubled, and else opens `\xHH`. */
function unescapeText(text: string): number[] {
  const plain = text.replace(/\\\\|\\x([0-9a-f]{2})/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Array.from(plain, (character) => character.charCodeAt(0) & 0xff);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function quote(text: string): string {
  return `'${text.length > 80 ? `${text.slice(0, 80)}...` : text}'`;
}
