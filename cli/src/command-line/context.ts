// SPDX-License-Identifier: Apache-2.0
/** What the commands of the command line share: its options, and what the program gives them. */
import { type Address, LabsweepError, messageOf, parseLoopbackAddresses } from '@labsweep/proto';
import { InvalidArgumentError } from 'commander';
import type { Display } from '../progress/display.js';

export interface CommandLineContext {
  openDisplay(): Display;
  /** Data, to standard output. */
  print(data: string | Uint8Array): void;
  /** Whether a person reads standard output. */
  readonly isTerminal: boolean;
  /** One line for a person, to standard error. */
  tell(line: string): void;
  readonly signal: AbortSignal;
  readonly defaultCache: string;
  parseMay(text: string): string;
}

const addresses = (text: string): readonly Address[] =>
  parseLoopbackAddresses(text, '--controller');
const LAB_HELP = 'the lab to use; several addresses, with commas, where one controller stands by';

/** The option that names a lab, for commands that need one and for those that may have one. */
export const LAB_OPTION = ['--controller <host:port,...>', LAB_HELP, addresses] as const;

export const JSON_OPTION = ['--json', 'one JSON document', false] as const;

/** Turns the error of a reader into one that names the option. */
export function argument<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof LabsweepError) throw new InvalidArgumentError(messageOf(error));
      throw error;
    }
  };
}

/** What `--help` begins with. */
export function examples(...lines: readonly string[]): string {
  return `Examples:\n${lines.map((line) => `  labsweep ${line}\n`).join('')}`;
}
