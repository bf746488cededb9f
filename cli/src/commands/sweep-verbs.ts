// SPDX-License-Identifier: Apache-2.0
/**
 * `labsweep pause`, `resume`, `cancel`, `rerun` and `add`: what a user asks of a sweep after its
 * submission, in a lab or in the sweep's own folder.
 */
import { type Address, formatAddress, LabsweepError, UsageError } from '@labsweep/proto';
import { askSweep, type SweepAsk } from '../ask-sweep.js';
import { findLabOfSweep } from '../find-lab.js';
import { measureInFolder } from '../measure-in-folder.js';
import type { Display } from '../progress/display.js';
import { withClient } from '../with-client.js';
import { summaryLine } from './sweeps.js';

export interface SweepVerbOptions {
  /** Its id, or its folder. */
  readonly sweep: string;
  readonly controller?: readonly Address[];
  readonly ask: SweepAsk;
  readonly cacheDirectory: string;
  /** Of an embedded lab that is started again; those of the sweep's first run when left out. */
  readonly runners?: string;
  readonly may: string;
  openDisplay(): Display;
  print(text: string): void;
  /** For people, beside the data. */
  tell(text: string): void;
  readonly signal: AbortSignal;
}

/**
 * Returns the exit code. A sweep whose own lab is at rest is gone on with when the command gives it
 * work, and else the command is refused. Throws LabsweepError and its kinds.
 */
export async function sweepVerbCommand(options: SweepVerbOptions): Promise<number> {
  const { ask, signal, print, tell } = options;
  const lab = await findLabOfSweep(options.sweep, options.controller);
  if (lab.kind === 'running') {
    const { controller, sweep } = lab;
    const summary = await withClient(controller, (client) =>
      askSweep({ client, sweep, ask, onProgress: tell, signal }),
    );
    print(summaryLine(summary));
    const named = options.controller?.map(formatAddress).join(',');
    tell(changeText(ask.kind, { sweep, named }));
    return 0;
  }
  const { folder } = lab;
  if (!GIVES_WORK.includes(ask.kind)) {
    throw new UsageError(
      `no lab runs in ${folder.path}, so there is nothing to ${ask.kind}; \`labsweep run SPEC\` ` +
        'goes on with a sweep that has not ended',
    );
  }
  const display = options.openDisplay();
  return measureInFolder({
    ...options,
    folder,
    controller: undefined,
    runners: options.runners ?? folder.runners ?? '',
    display,
    begin: async (client, begun) => {
      const onProgress = (line: string) => display.line(line);
      const { sweep } = folder;
      await askSweep({ client, sweep, ask, onProgress, signal: begun });
    },
  });
}

const GIVES_WORK: readonly SweepAsk['kind'][] = [
  'rerun-failed',
  'rerun-row',
  'add-repetitions',
  'add-kernel',
];

/** What has changed, and what a user may want next; an embedded lab has a run that shows it. */
function changeText(
  kind: SweepAsk['kind'],
  at: { readonly sweep: string; readonly named: string | undefined },
): string {
  const lab = at.named === undefined ? '' : ` --controller ${at.named}`;
  if (kind === 'pause') {
    const text = 'what runs goes on to the end of its block, nothing new starts';
    return `${text}; go on with: labsweep resume ${at.sweep}${lab}`;
  }
  const text =
    kind === 'resume'
      ? 'it goes on'
      : kind === 'cancel'
        ? 'what is measured stays'
        : 'new work is planned';
  if (at.named === undefined) return `${text}; the run that is at work in its folder shows it`;
  if (kind === 'cancel') return `${text}; its report: labsweep watch ${at.sweep}${lab}`;
  return `${text}; follow it with: labsweep watch ${at.sweep}${lab}`;
}

/** `--failed` or `--row ROW`. */
export function rerunAsk(options: { failed?: boolean; row?: string }): SweepAsk {
  const { failed, row } = options;
  if (failed === true && row !== undefined) {
    throw new UsageError('rerun: --failed and --row exclude each other; give one of them');
  }
  if (row !== undefined) return { kind: 'rerun-row', row };
  if (failed === true) return { kind: 'rerun-failed' };
  throw new UsageError(
    'rerun: say what: --failed for all blocks that did not end clean, --row ROW for one row',
  );
}

/** `--repetitions N` or `--kernel NAME=SOURCE`. */
export function addAsk(options: { repetitions?: number; kernel?: string }): SweepAsk {
  const { repetitions, kernel } = options;
  if (repetitions !== undefined && kernel !== undefined) {
    throw new UsageError('add: give --repetitions or --kernel, one after the other');
  }
  if (repetitions !== undefined) return { kind: 'add-repetitions', count: repetitions };
  if (kernel === undefined) {
    throw new UsageError('add: say what: --repetitions N, or --kernel NAME=SOURCE');
  }
  const equals = kernel.indexOf('=');
  if (equals <= 0 || equals === kernel.length - 1) {
    throw new UsageError(
      `--kernel: expected NAME=SOURCE, as in v6.18=debian:trixie-backports/PACKAGE, got '${kernel}'`,
    );
  }
  const [name, source] = [kernel.slice(0, equals), kernel.slice(equals + 1)];
  return { kind: 'add-kernel', kernel: { name, source } };
}

/** A whole number from the command line. Throws LabsweepError's kind for anything else. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new LabsweepError(`expected a whole number from 1 on, got '${text}'.`);
}
