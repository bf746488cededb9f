// SPDX-License-Identifier: Apache-2.0
/** report.txt and the live table: what must be said, and the page that nothing may leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { randomSource } from '../statistics/random-source.js';
import type { SweepState } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordOptions, Told } from '../testing/record-options.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { PAGE_COLUMNS } from './page.js';
import { renderLiveTable } from './render-live-table.js';
import { renderText } from './render-text.js';

function text(options: RecordOptions): string {
  return renderText(analyseSweep(buildRecord(options)));
}

function assertPage(lines: readonly string[], name: string): void {
  for (const line of lines) {
    assert.match(line, /^[\x20-\x7e]*$/, name);
    assert.ok(line.length <= PAGE_COLUMNS, `${name}: ${line.length} columns: ${line}`);
  }
}

test('a sweep that is not finished says so on the first line', () => {
  const first = (state: SweepState): string | undefined =>
    text(plainSweep({ state, entriesMax: 12 })).split('\n')[0];
  assert.equal(first('interrupted'), 'INTERRUPTED: 12 of 18 trials; run again to go on');
  assert.equal(first('cancelled'), 'CANCELLED: 12 of 18 trials; the rest will not run');
  assert.equal(first('running'), 'RUNNING: 12 of 18 trials; numbers will change');
  assert.match(text(plainSweep()).split('\n')[0] ?? '', /^labsweep report: finished, 18 of 18/);
});

test('TCG, an unusable KVM and the clock of the guests are named in the head', () => {
  const report = text(plainSweep()).replaceAll(/\s+/g, ' ');
  assert.ok(report.includes('qemu-tcg: emulated CPU; compare ratios, not absolute times'));
  assert.ok(report.includes('KVM on box1: opens, but its canary guest did not answer'));
  assert.ok(report.includes('tsc-early -> refined-jiffies (18 trials)'));
});

test('a fact that was looked for and not found is not shown as a value', () => {
  const mendOutcome = (outcome: Outcome): Outcome => ({
    ...outcome,
    facts: { clocksource: 'absent', clocksource_end: 'absent' },
  });
  const record = buildRecord(plainSweep({ mendOutcome }));
  const facts = { cpu_model: 'absent', kvm_canary: 'absent' };
  const hosts = record.hosts.map((host) => ({ ...host, facts }));
  const report = renderText(analyseSweep({ ...record, hosts }));
  assert.equal(report.includes('absent'), false);
  assert.match(report, /\nhosts +box1\n/);
});

test('scripted rows are noted as simulated', () => {
  const report = text(plainSweep({ rows: [qemuRow(1, { asked: 'scripted', ran: 'scripted' })] }));
  assert.ok(report.includes('scripted rows hold simulated numbers'));
});

test('findings and failures of the lab stand apart', () => {
  const failure = { trial: 'qemu-smp1/r1/v6.17', attempt: 1, class: 'panic' } as const;
  const report = text(
    plainSweep({
      failures: [
        { ...failure, status: 'lab-failed', message: 'ours' },
        { ...failure, trial: 'qemu-smp2/r1/v6.17', status: 'subject-failed', message: 'theirs' },
      ],
    }),
  );
  assert.match(report, /Findings: [^\n]+\n {2}qemu-smp2\/r1\/v6.17 [^\n]*panic: theirs\n/);
  assert.match(report, /Failures of the lab [^\n]+\n {2}qemu-smp1\/r1\/v6.17 [^\n]*panic: ours\n/);
});

test('numbers without a good direction have no table', () => {
  const report = text(plainSweep());
  assert.ok(report.includes('post_touch_ns_per_page (ns/page, lower is better)'));
  assert.equal(report.includes('unexpected_results'), false);
});

test('the live table shows the primary metric, n/N and the provisional mark', () => {
  const record = buildRecord(plainSweep({ state: 'running', entriesMax: 7 }));
  const lines = renderLiveTable(analyseSweep(record));
  assert.equal(lines[0], 'iteration_ns_per_page (ns/page, lower is better), baseline v6.16');
  assert.ok(lines.some((line) => /\d 2\/3\*/.test(line)));
  assert.equal(lines.at(-1), '* provisional: a block behind the number is not decided yet');
  assert.equal(lines.join('\n').includes('protect_ns'), false);
});

test('the live table stands there before the first trial ended', () => {
  const record = buildRecord(plainSweep({ state: 'running', entriesMax: 0 }));
  const lines = renderLiveTable(analyseSweep(record));
  assert.ok(
    lines.some((line) => /^qemu +1 +0 +- 0\/3/.test(line)),
    lines.join('\n'),
  );
});

test('a report that came through JSON renders the same', () => {
  const report = analyseSweep(buildRecord(plainSweep()));
  assert.equal(renderText(JSON.parse(JSON.stringify(report))), renderText(report));
});

/** What guests may tell at their worst: long words, huge numbers, other letters. */
function wildlyTold(random: () => number): Told {
  const pick = (limit: number): number => Math.floor(random() * limit);
  const word = `w${'\u00e9-very-long'.repeat(pick(9))}`;
  return {
    facts: { overcommit: `${pick(1e9)}/1`, boot_path: word, boot_trims: word, attribution: word },
    state: { [`mapping${pick(1e6)}.rss_kb`]: String(pick(1e12)), [word]: word },
    profile: [{ name: word, hits: pick(1e15), timeUs: 1e15 * random(), method: word }],
    hygiene: { mode: 'observe', before: {}, after: {}, warnings: [word], disturbances: [] },
    line: { vma_count_after: pick(1e12), pages: pick(1e9), clock_resolution_ns: pick(1e9) },
  };
}

test('nothing leaves the page, neither long names nor wild values (seeds 1 to 80)', () => {
  for (let seed = 1; seed <= 80; seed += 1) {
    const random = randomSource(seed);
    const pick = (limit: number): number => Math.floor(random() * limit);
    const kernels = Array.from(
      { length: 1 + pick(5) },
      (_, index) => `k${index}${'\u00e9-long-name-'.repeat(pick(8))}`,
    );
    const record = buildRecord({
      seed,
      rows: [
        qemuRow(1, { kernels, told: () => wildlyTold(random) }),
        qemuRow(128, { kernels, memoryMib: 1 + pick(1e6) }),
        { ...qemuRow(1, { kernels }), id: 'native', asked: 'native', ran: 'native' },
        ...(['audit', 'attribution'] as const).map((purpose) =>
          qemuRow(1, {
            kernels,
            id: `qemu-smp1-${purpose}`,
            of: 'qemu-smp1',
            purpose,
            told: () => wildlyTold(random),
          }),
        ),
      ],
      hostsMax: 1 + pick(2),
      repetitions: 1 + pick(8),
      baseline: kernels[0] ?? '',
      scenarios: ['dirty', 'x'.repeat(1 + pick(90))].slice(0, 1 + pick(2)),
      values: () => ({
        iteration_ns_per_page: 10 ** (pick(40) - 15) * random(),
        protect_ns_per_page: pick(2),
        restore_ns_per_page: -random(),
      }),
      state: (['running', 'finished', 'interrupted', 'cancelled'] as const)[pick(4)] ?? 'running',
      entriesMax: pick(80),
      failures: [
        {
          trial: `qemu-smp1/r1/${kernels[0]}`,
          attempt: 1,
          status: 'lab-failed',
          class: 'panic',
          message: `\u001b[31mred\t${'m'.repeat(pick(300))}`,
        },
      ],
    });
    const report = analyseSweep(record);
    assertPage(renderText(report).split('\n'), `report, seed ${seed}`);
    assertPage(renderLiveTable(report), `live table, seed ${seed}`);
  }
});
