// SPDX-License-Identifier: Apache-2.0
/**
 * The report of a sweep without its history: which host ran a block, in which attempt and when is
 * left out, because faults change that and nothing else. What is left must be the same to the byte,
 * however bad the night was.
 */
import {
  analyseSweep,
  type Report,
  renderCsv,
  renderJson,
  renderText,
  type SweepRecord,
} from '@labsweep/analysis';
import type { BlockId, HostId, TrialEnded } from '@labsweep/proto';
import { ViolationError } from './checkers/checker.js';
import { LASTING } from './lab/command-script.js';

const ANY_HOST = 'any-host' as HostId;
const ONCE = 'no trial is lost or counted twice';

/**
 * Throws ViolationError when a planned trial does not count exactly once. `only` leaves out all
 * other blocks, for rows that have stopped elsewhere on another night.
 */
export function finalReport(whole: SweepRecord, only?: ReadonlySet<BlockId>): string {
  const record = only === undefined ? whole : { ...whole, plan: planOf(whole, only) };
  const reduced = withoutHistory(record);
  const report = analyseSweep(reduced);
  assertSameNumbers(record, reduced, report);
  return [renderText(report), renderCsv(reduced), renderJson(reduced, report)].join('\n');
}

function planOf({ plan }: SweepRecord, only: ReadonlySet<BlockId>): SweepRecord['plan'] {
  const blocks = plan.blocks.filter(({ id }) => only.has(id));
  const trialCount = blocks.reduce((sum, { trials }) => sum + trials.length, 0);
  return { ...plan, blocks, trialCount };
}

function withoutHistory(record: SweepRecord): SweepRecord {
  const decisions = new Map<
    TrialEnded['block'],
    { attempt: number; host: HostId; complete: boolean }
  >();
  for (const { id } of record.plan.blocks) {
    const decision = record.decisions.get(id);
    if (decision === undefined) continue;
    decisions.set(id, { attempt: 1, host: ANY_HOST, complete: decision.complete });
  }
  const entries = record.plan.blocks.flatMap((block) =>
    block.trials.map(({ id }) =>
      withoutPlace(countedEntry(record, { block: block.id, trial: id })),
    ),
  );
  const hosts = [{ id: ANY_HOST, name: 'any host', facts: {} }];
  const submitted = { ...record.submitted, atMs: 0 };
  const commands = commandsOf(record);
  return { ...record, submitted, entries, decisions, hosts, waiting: [], commands };
}

/**
 * Those that change the table; the others may be refused on one night and heeded on another. A
 * record has them by the clocks of the controllers, which may have jumped.
 */
function commandsOf({ commands = [] }: SweepRecord): NonNullable<SweepRecord['commands']> {
  return commands
    .filter((entry) => LASTING.includes(entry.command.kind))
    .map((entry) => ({ ...entry, id: 'any', atMs: 0 }))
    .toSorted((a, b) => commandText(a).localeCompare(commandText(b)));
}

const commandText = ({ command }: { readonly command: object }): string => JSON.stringify(command);

function countedEntry(
  record: SweepRecord,
  planned: Pick<TrialEnded, 'block' | 'trial'>,
): TrialEnded {
  const decision = record.decisions.get(planned.block);
  const counted = record.entries.filter(
    ({ trial, attempt, host }) =>
      trial === planned.trial && attempt === decision?.attempt && host === decision?.host,
  );
  const [entry, ...more] = counted;
  if (entry === undefined) throw new ViolationError(ONCE, `${planned.trial} does not count`);
  if (more.length > 0) {
    throw new ViolationError(ONCE, `${planned.trial} counts ${counted.length} times`);
  }
  return entry;
}

function withoutPlace(entry: TrialEnded): TrialEnded {
  const { epoch: _, ...rest } = entry;
  const place = { attempt: 1, host: ANY_HOST, hostName: 'any host', session: 'any' };
  return { ...rest, ...place, startedAtMs: 0, durationMs: 0, evidence: {} };
}

/** The evidence of other attempts stands in the true record, and must change no number. */
function assertSameNumbers(record: SweepRecord, reduced: SweepRecord, report: Report): void {
  const evidence = record.entries
    .filter(({ block, attempt, host }) => {
      const decision = record.decisions.get(block);
      return attempt !== decision?.attempt || host !== decision.host;
    })
    // The attempts that count are all called the first one now.
    .map((entry) => ({ ...entry, attempt: entry.attempt + 1 }));
  if (evidence.length === 0) return;
  const full = { ...reduced, entries: [...reduced.entries, ...evidence] };
  if (numbersOf(analyseSweep(full)) === numbersOf(report)) return;
  throw new ViolationError(ONCE, 'an attempt that does not count changes the statistics');
}

function numbersOf({ rows }: Report): string {
  const cells = rows.flatMap(({ row, metrics }) =>
    metrics.flatMap((metric) =>
      metric.cells.map(({ kernel, values, summary, interval, comparison }) => {
        const series = values.map(({ block, value, provisional }) => [block, value, provisional]);
        return [row, metric.metric, kernel, series, summary, interval, comparison];
      }),
    ),
  );
  return JSON.stringify(cells);
}
