// SPDX-License-Identifier: Apache-2.0
/**
 * Finds patterns that cannot be used, or that find nothing that the spec asks for. It looks at the
 * whole workload, since its metrics are what an output must yield.
 */
import type { Finding } from './finding.js';
import { isTable } from './is-table.js';
import { PATTERN_LENGTH_MAX } from './limits.js';

type Table = Readonly<Record<string, unknown>>;

const PATTERN = ['workload', 'output', 'pattern'];
const EXAMPLE = "for example `pattern = '(?<iteration_ns>[0-9.]+) ns'`";

export function findOutputProblems(workload: Table): readonly Finding[] {
  const { output } = workload;
  if (!isTable(output)) return [];
  const metrics = isTable(workload.metrics) ? Object.keys(workload.metrics) : [];
  return [...findPatternProblems(output, metrics), ...findRowKeyProblems(output, metrics)];
}

function findPatternProblems(output: Table, metrics: readonly string[]): readonly Finding[] {
  const { adapter, pattern } = output;
  if (adapter !== 'regex') return pattern === undefined ? [] : [refuseForeign(adapter)];
  if (pattern === undefined) {
    const path = ['workload', 'output'];
    return [{ path, at: 'value', where: PATTERN, what: 'missing', hint: `add one, ${EXAMPLE}` }];
  }
  if (typeof pattern !== 'string' || pattern.length > PATTERN_LENGTH_MAX) return []; // Told as such.
  const groups = groupsOf(pattern);
  if ('error' in groups) return [refuse(groups.error, `mend it, ${EXAMPLE}`)];
  if (groups.names.length === 0) return [refuse('no named group in the pattern', EXAMPLE)];
  if (metrics.length === 0 || groups.names.some((name) => metrics.includes(name))) return [];
  const found = groups.names.map((name) => `\`${name}\``).join(', ');
  const wanted = metrics.map((name) => `\`${name}\``).join(', ');
  return [refuse(`its groups ${found} are no metrics`, `name one of its groups ${wanted}`)];
}

function refuseForeign(adapter: unknown): Finding {
  const what = `a pattern is for \`regex\`, and the adapter is \`${String(adapter)}\``;
  const hint = 'take it out, or write `adapter = "regex"`';
  return { path: PATTERN, at: 'key', what, hint };
}

function refuse(what: string, hint: string): Finding {
  return { path: PATTERN, at: 'value', what, hint };
}

/** An empty alternative always matches, and the match lists all groups by name. */
function groupsOf(pattern: string): { names: readonly string[] } | { error: string } {
  try {
    // By itself first, else an open bracket could swallow the alternative.
    void new RegExp(pattern);
    const groups = new RegExp(`(?:${pattern})|`).exec('')?.groups ?? {};
    return { names: Object.keys(groups) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: `the pattern cannot be read: ${message.replace(/^.*\/[a-z]*: /s, '')}` };
  }
}

/** A key that tells rows apart is the same in all repetitions, which a measured number is not. */
function findRowKeyProblems({ row_keys: rowKeys }: Table, metrics: readonly string[]): Finding[] {
  const names: readonly unknown[] = Array.isArray(rowKeys) ? rowKeys : [];
  return names.flatMap((name, index): Finding[] => {
    const path = ['workload', 'output', 'row_keys', index];
    if (names.indexOf(name) < index) {
      return [
        { path, at: 'value', what: `\`${String(name)}\` is listed twice`, hint: 'name it once' },
      ];
    }
    if (typeof name !== 'string' || !metrics.includes(name)) return [];
    const what = `\`${name}\` is a metric, and rows are told apart by what is not measured`;
    return [{ path, at: 'value', what, hint: 'take it out of one of the two' }];
  });
}
