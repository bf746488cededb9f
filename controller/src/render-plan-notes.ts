// SPDX-License-Identifier: Apache-2.0
/**
 * Draws what a plan does besides timing: settings that are not the usual ones, audit and
 * attribution rows, and what is recorded with each trial.
 */
import { wrapText } from '@labsweep/analysis';
import type { Plan, Purpose, Spec } from '@labsweep/proto';
import { repetitionsOf } from './plan/plan-sweep.js';
import { count, INDENT, toAscii } from './plan/plan-text.js';
import { settingTexts } from './plan/setting-texts.js';

/** Lines to follow the table of rows, each section with a blank line in front. */
export function renderPlanNotes(spec: Spec, plan: Plan): readonly string[] {
  return [
    ...section('Settings that are not the usual ones', renderSettings(plan)),
    ...section('Beside the rows, never in the statistics', renderPurposes(spec, plan)),
    ...section('Recorded with each trial', renderRecords(spec, plan)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** Rows with the same settings share a line. */
function renderSettings(plan: Plan): readonly string[] {
  const rows = new Map<string, string[]>();
  for (const row of plan.rows.filter(({ purpose }) => purpose === 'timing')) {
    const text = settingTexts(row).join(', ');
    if (text !== '') rows.set(text, [...(rows.get(text) ?? []), row.id]);
  }
  return [...rows].flatMap(([text, ids]) => paragraph(`${ids.join(', ')}: ${text}`));
}

function renderPurposes(spec: Spec, plan: Plan): readonly string[] {
  const functions = spec.attribution?.functions ?? [];
  const asked = (purpose: Purpose, what: string): readonly string[] => {
    const rows = plan.rows.filter((row) => row.purpose === purpose);
    if (rows.length === 0) return [];
    const size = `${count(repetitionsOf(spec, purpose), 'block')} for each of ${count(rows.length, 'row')}`;
    return paragraph(`${purpose}: ${size}, ${what}`);
  };
  return [
    ...asked('audit', "with the state of the workload's memory dumped"),
    ...asked('attribution', `with the time counted in ${functions.join(', ')}`),
  ];
}

const HYGIENE_TEXTS: Readonly<Record<Spec['hygiene'], string>> = {
  observe: 'nothing is changed, and a trial that the host disturbed is run again',
  enforce: 'settings are set for each trial and put back after it, by agents that may tune',
  require: 'nothing runs on a host that is not set up for benchmarks',
};

function renderRecords({ hygiene, preparations, workload }: Spec, plan: Plan): readonly string[] {
  const guests = plan.rows.some((row) => row.environment.startsWith('qemu'));
  const native = plan.rows.some((row) => row.environment === 'native');
  if (!guests && !native) return [];
  const { files, output } = workload;
  const names = Object.keys(files);
  const keys = output.rowKeys.length === 0 ? '' : `, rows by ${output.rowKeys.join(', ')}`;
  return [
    ...paragraph(`output: ${output.adapter}${keys}`),
    ...(names.length === 0 ? [] : paragraph(`files: ${names.join(', ')}, by sha256`)),
    ...(guests
      ? paragraph(
          'guest: accelerator in use, machine, CPUs, memory, command line, clock, kernel, taint, ' +
            'steal, pinning',
        )
      : []),
    ...(native ? paragraph('native: kernel, CPUs, how the others were kept out, scheduler') : []),
    ...paragraph(`hygiene: the host before and after; ${HYGIENE_TEXTS[hygiene]}`),
    ...(preparations === undefined ? [] : paragraph(`prepared by: ${preparations.join(', ')}`)),
  ];
}

function paragraph(text: string): readonly string[] {
  return wrapText(toAscii(text), { prefix: INDENT });
}
