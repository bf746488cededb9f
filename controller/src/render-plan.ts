// SPDX-License-Identifier: Apache-2.0
/** Draws a plan for people: at most 80 columns of ASCII. It plans nothing itself. */
import { renderAsciiTable, wrapText } from '@labsweep/analysis';
import type { Plan, PlannedBlock, PlannedRow, Spec } from '@labsweep/proto';
import { durationText } from './plan/duration-text.js';
import { estimatePlanMs } from './plan/estimate-plan.js';
import { count, INDENT, toAscii } from './plan/plan-text.js';
import { renderPlanNotes } from './render-plan-notes.js';

export interface PlanToRender {
  readonly spec: Spec;
  readonly plan: Plan;
  /** Who changed it after the submission, a sentence each. */
  readonly commands?: readonly string[];
}

/** Ends in a line break. */
export function renderPlan({ spec, plan, commands = [] }: PlanToRender): string {
  const lines = [
    ...renderHead(spec),
    '',
    'Kernels',
    ...renderKernels(spec),
    '',
    'Rows',
    ...renderRows(plan),
    ...renderPlanNotes(spec, plan),
    '',
    'Blocks, in the order in which they are handed out, kernels in the order they run',
    ...renderBlocks(plan),
    '',
    ...renderTotals(plan),
    ...(commands.length === 0 ? [] : ['', 'Commands after the submission']),
    ...commands.flatMap((text) => wrapText(toAscii(text), { prefix: INDENT })),
  ];
  return `${lines.join('\n')}\n`;
}

function renderHead(spec: Spec): readonly string[] {
  const { workload, repetitions } = spec;
  const metric = workload.metrics[0];
  const program = `${workload.name} (${workload.program.kind} ${workload.program.path})`;
  const field = (title: string, text: string) =>
    wrapText(toAscii(text), { prefix: title.padEnd(13) });
  return [
    ...field('Sweep', spec.name),
    ...field('Workload', program),
    ...(metric === undefined ? [] : field('Metric', `${metric.name} (${metric.unit})`)),
    ...field('Repetitions', String(repetitions)),
    ...field('Order', `${spec.order}, seed ${spec.seed}`),
    ...field('Baseline', spec.baseline),
    ...(spec.gap === undefined ? [] : field('Gap closed', gapText(spec.gap))),
  ];
}

function gapText({ good, bad, candidate }: NonNullable<Spec['gap']>): string {
  return `(${bad} - ${candidate}) / (${bad} - ${good})`;
}

function renderKernels({ kernels }: Spec): readonly string[] {
  const nameWidth = Math.max(...kernels.map(({ name }) => name.length));
  return kernels.flatMap(({ name, text }) => {
    const prefix = `${INDENT}${name.padEnd(nameWidth)}  `;
    return wrapText(toAscii(text), { prefix });
  });
}

function renderRows(plan: Plan): readonly string[] {
  const left = (title: string) => ({ header: title, align: 'left' }) as const;
  const right = (title: string) => ({ header: title, align: 'right' }) as const;
  const columns = [
    left('row'),
    left('environment'),
    right('SMP'),
    right('memory'),
    right('kernels'),
    right('blocks'),
    right('trials'),
  ];
  const timing = plan.rows.filter((row) => row.purpose === 'timing');
  const rows = timing.map((row) => {
    const blocks = plan.blocks.filter((block) => block.row === row.id);
    return [
      row.id,
      row.environment,
      String(row.shape.smp),
      memoryText(row),
      String(row.kernels.length),
      String(blocks.length),
      String(blocks.reduce((sum, { trials }) => sum + trials.length, 0)),
    ];
  });
  const cells = rows.map((row) => row.map((cell) => [cell]));
  return renderAsciiTable({ columns, rows: cells, gap: 2 }).map((line) => `${INDENT}${line}`);
}

function memoryText({ shape }: PlannedRow): string {
  return shape.memoryMib === 0 ? "host's" : `${shape.memoryMib} MiB`;
}

function renderBlocks({ blocks }: Plan): readonly string[] {
  const numberWidth = String(blocks.length).length;
  const idWidth = blocks.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  return blocks.flatMap(({ id, trials }: PlannedBlock, index) => {
    const number = String(index + 1).padStart(numberWidth);
    const prefix = `${INDENT}${number}  ${id.padEnd(idWidth)}  `;
    return wrapText(trials.map(({ kernel }) => kernel).join(' '), { prefix });
  });
}

function renderTotals(plan: Plan): readonly string[] {
  const { rows, blocks, trialCount } = plan;
  const timing = rows.filter((row) => row.purpose === 'timing').length;
  const besides = rows.length - timing;
  const rowText = count(timing, 'row') + (besides === 0 ? '' : ` and ${besides} beside them`);
  const counts = [rowText, count(blocks.length, 'block')].join(', ');
  const total = durationText(estimatePlanMs(plan));
  const time = `About ${total}: ${trialText(plan)}, one host, one block`;
  return [
    `${counts}, ${count(trialCount, 'trial')}.`,
    ...wrapText(`${time} at a time; downloads not counted.`),
  ];
}

function trialText({ rows }: Plan): string {
  const estimates = rows.map(({ estimateMs }) => estimateMs);
  const [shortest, longest] = [Math.min(...estimates), Math.max(...estimates)].map(durationText);
  return `${shortest === longest ? shortest : `${shortest} to ${longest}`} a trial`;
}
