// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what a user asks of a sweep, and refuses what could not be done with a message that says
 * why and what would go. It resolves no kernel.
 */
import {
  type KernelName,
  type KernelSpec,
  nearestName,
  type RowId,
  SWEEP_COMMANDS,
  type SweepCommand,
  UsageError,
} from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { extendDesign, takersOf } from '../plan/extend-design.js';
import { parseKernelSource } from '../spec/kernel-source.js';
import { KERNELS_MAX, REPETITIONS_MAX, TRIALS_MAX } from '../spec/limits.js';
import { KERNEL_NAME } from '../spec/names.js';
import { suggestName } from '../spec/suggestion.js';
import { summarize } from '../sweep-progress.js';

export interface SweepCommandRequest {
  readonly kind: string;
  readonly row: string;
  readonly count: number;
  readonly kernel: string;
  readonly source: string;
}

/** A command whose kernel, if it has one, is still to be resolved. */
export type AskedCommand =
  | Exclude<SweepCommand, { kind: 'add-kernel' | 'stop-row' }>
  | { readonly kind: 'add-kernel'; readonly kernel: KernelSpec };

/** Throws a UsageError. */
export function readSweepCommand(sweep: SweepState, request: SweepCommandRequest): AskedCommand {
  const asked = readAsked(sweep, request);
  refuseTooMany(sweep, asked);
  return asked;
}

function readAsked(sweep: SweepState, request: SweepCommandRequest): AskedCommand {
  const kind = readKind(request.kind);
  refuseByState(sweep, kind);
  if (kind === 'rerun-failed') refuseWithoutFailure(sweep);
  switch (kind) {
    case 'rerun-row':
      return { kind, row: readRow(sweep, request.row) };
    case 'add-repetitions':
      return { kind, count: readCount(sweep, request.count) };
    case 'add-kernel':
      return { kind, kernel: readKernel(sweep, request) };
    default:
      return { kind };
  }
}

type AskedKind = (typeof SWEEP_COMMANDS)[number];

function readKind(text: string): AskedKind {
  const kind = SWEEP_COMMANDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new UsageError(`unknown command \`${text}\`; ${suggestName(text, SWEEP_COMMANDS)}`);
}

const VERBS: Readonly<Record<AskedKind, string>> = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  'rerun-failed': 'rerun',
  'rerun-row': 'rerun',
  'add-repetitions': 'add to',
  'add-kernel': 'add to',
};

function refuseByState(sweep: SweepState, kind: AskedKind): void {
  const { sweep: id, state } = summarize(sweep);
  // A pause outlives the end of a sweep, and would hold up what is added to it later.
  if (kind === 'resume' && sweep.isPaused && state === 'finished') return;
  if (state === 'cancelled' && kind !== 'cancel') {
    throw new UsageError(
      `sweep ${id} was cancelled, which is final: nobody can ${VERBS[kind]} it; measure its spec ` +
        'anew with `labsweep run SPEC --fresh`',
    );
  }
  if (state === 'finished' && ['pause', 'resume', 'cancel'].includes(kind)) {
    throw new UsageError(
      `sweep ${id} has finished: nothing is left to ${kind}; \`labsweep rerun\` and ` +
        '`labsweep add` give it new work',
    );
  }
}

function refuseWithoutFailure(sweep: SweepState): void {
  const decided = [...sweep.blocks.values()].flatMap(({ decision }) => decision ?? []);
  if (decided.some(({ complete }) => !complete)) return;
  throw new UsageError(
    `sweep ${sweep.submitted.sweep}: none of the ${decided.length} decided blocks lacks a ` +
      'measured trial, so there is nothing to rerun; --row ROW runs a row anew',
  );
}

function readRow(sweep: SweepState, row: string): RowId {
  const rows = [...sweep.rows.keys()];
  const found = rows.find((id) => id === row);
  if (found !== undefined) return found;
  const { sweep: id } = sweep.submitted;
  const what = row === '' ? 'rerun needs a row' : `sweep ${id} has no row \`${row}\``;
  throw new UsageError(`${what}; ${suggestName(row, rows)}`);
}

function readCount(sweep: SweepState, count: number): number {
  const has = sweep.spec.repetitions;
  const most = REPETITIONS_MAX - has;
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UsageError(
    `--repetitions: expected a whole number from 1 to ${most}, got ${count}; sweep ` +
      `${sweep.submitted.sweep} has ${has}, and at most ${REPETITIONS_MAX} are allowed`,
  );
}

function readKernel(sweep: SweepState, { kernel, source }: SweepCommandRequest): KernelSpec {
  if (!KERNEL_NAME.test(kernel)) {
    throw new UsageError(
      `--kernel: \`${kernel}\` cannot be the name of a kernel; expected letters, digits and ` +
        '`.`, `_`, `+`, `-`, at most 32, as in --kernel v6.18=debian:trixie-backports/PACKAGE',
    );
  }
  const names: readonly string[] = sweep.spec.kernels.map(({ name }) => name);
  if (names.includes(kernel)) {
    throw new UsageError(
      `--kernel: sweep ${sweep.submitted.sweep} has a kernel \`${kernel}\` already ` +
        `(${names.join(', ')}); choose another name`,
    );
  }
  if (names.length >= KERNELS_MAX) {
    throw new UsageError(`--kernel: a sweep has at most ${KERNELS_MAX} kernels`);
  }
  const parsed = parseKernelSource(source);
  if (!parsed.ok) throw new UsageError(`--kernel ${kernel}: ${parsed.what}; ${parsed.hint}`);
  const found = { name: kernel as KernelName, text: source, source: parsed.value };
  if (takersOf(sweep.spec, found).length > 0) return found;
  throw new UsageError(
    `--kernel ${kernel}=${source}: no environment of sweep ${sweep.submitted.sweep} takes such a ` +
      'kernel: `host` is for native rows, images are for QEMU rows',
  );
}

function refuseTooMany(sweep: SweepState, asked: AskedCommand): void {
  const { design } = sweep;
  const added: SweepCommand =
    asked.kind === 'add-kernel'
      ? { kind: asked.kind, kernel: { name: asked.kernel.name, source: asked.kernel.text } }
      : asked;
  const { trialCount } = extendDesign(design, added).plan;
  if (trialCount <= TRIALS_MAX) return;
  throw new UsageError(
    `sweep ${sweep.submitted.sweep} would have ${trialCount} trials; ${TRIALS_MAX} is most`,
  );
}

/** For a name that a user gave: the nearest one, or where to look. */
export function unknownSweepText(id: string, known: readonly string[]): string {
  const nearest = nearestName(id, known);
  const hint = nearest === undefined ? '' : `did you mean \`${nearest}\`? `;
  return `there is no sweep '${id}'; ${hint}see labsweep list`;
}
