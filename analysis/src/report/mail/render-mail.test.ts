// SPDX-License-Identifier: Apache-2.0
/**
 * Mails against files in testdata, and what a mail must never do: be wide, claim a regression that
 * no verdict backs, or hand the regression bot a line that misleads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@labsweep/proto';
import { analyseSweep } from '../../analyse-sweep.js';
import type { SweepRecord } from '../../sweep-record.js';
import { compareGolden } from '../../testing/golden-file.js';
import { buildRecord } from '../../testing/record-builder.js';
import type { RecordOptions } from '../../testing/record-options.js';
import { reportSweep } from '../../testing/report-sweeps.js';
import { qemuRow, statedSweep } from '../../testing/sample-records.js';
import type { RenderOptions } from '../report-format.js';
import { MAIL_COLUMNS, renderMail } from './render-mail.js';

const SERIES = [100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1];

function mailOf(record: SweepRecord, options: RenderOptions = {}): string {
  const mail = renderMail({ record, report: analyseSweep(record), options });
  for (const line of mail.split('\n')) {
    assert.ok(line.length <= MAIL_COLUMNS, `${line.length} columns: ${line}`);
    assert.match(line, /^[\x20-\x7e]*$/);
  }
  return mail;
}

/** Eight blocks of two kernels, the second by `factor` above the first. */
function pair(factor: number, change: Partial<RecordOptions> = {}): SweepRecord {
  const other = SERIES.map((value, index) => value * factor * (1 + 0.001 * (index % 3)));
  return buildRecord(statedSweep({ old: SERIES, new: other }, { hostsMax: 1, ...change }));
}

function withMargin(record: SweepRecord): SweepRecord {
  return { ...record, spec: { ...record.spec, margin: 0.02 } };
}

/** The subject and the paragraphs before the scope, each on one line. */
function opening(mail: string): string {
  const paragraphs = mail.slice(0, mail.indexOf('\n\nScope:')).split('\n\n');
  const [subject = '', ...others] = paragraphs.map((lines) => lines.replaceAll('\n', ' '));
  return `${[subject.replaceAll('  ', ' '), ...others].join('\n')}\n`;
}

/** One sweep for each verdict that a mail can open with. */
const OPENINGS: Readonly<Record<string, () => SweepRecord>> = {
  slower: () => pair(1.5),
  'slower by little': () => pair(1.0015),
  faster: () => pair(0.9),
  same: () => withMargin(pair(1.001)),
  undecided: () =>
    buildRecord(
      statedSweep({
        old: SERIES,
        new: SERIES.map((value, index) => value * (index % 3 === 0 ? 0.99 : 1.012)),
      }),
    ),
  'clear alone, and not among two': () =>
    buildRecord(
      statedSweep(
        {
          old: SERIES.slice(0, 6),
          new: [101, 102.5, 100.2, 101.1, 100.9, 101.3],
          other: SERIES.slice(0, 6).toReversed(),
        },
        { hostsMax: 1 },
      ),
    ),
  'too few': () => buildRecord(statedSweep({ old: [10, 11, 10.5], new: [12, 13, 12.4] })),
  'one block': () => buildRecord(statedSweep({ old: [10], new: [12] })),
  'not comparable': () =>
    pair(1.5, {
      rows: [
        qemuRow(1, {
          kernels: ['old', 'new'],
          told: (kernel) => ({ line: { anon_huge_pages_kb_before: kernel === 'new' ? 16384 : 0 } }),
        }),
      ],
    }),
  'no good direction': () =>
    pair(1.5, { metrics: [{ name: 'ns', unit: '', direction: 'none', meaning: '' }] }),
  'levels only': () => pair(1.5, { rows: [qemuRow(1, { kernels: ['new'] })] }),
  'simulated numbers': () =>
    pair(1.5, { rows: [qemuRow(1, { ran: 'scripted', kernels: ['old', 'new'] })] }),
  'an unfinished sweep': () => pair(1.5, { state: 'interrupted', entriesMax: 14 }),
};

test('the mail of a regression is as it was reviewed', () => {
  const options = { regzbot: '0123456789ab', url: 'https://example.org/mprotect-window/' };
  compareGolden('report.mail.txt', mailOf(reportSweep(), options));
});

test('each verdict has the subject and the sentence that were reviewed', () => {
  const openings = Object.entries(OPENINGS).map(
    ([name, record]) => `${name}\n${opening(mailOf(record()))}`,
  );
  compareGolden('mail-openings.txt', openings.join('\n'));
});

test('only a verdict "slower" of a whole sweep on real kernels is called a regression', () => {
  const tagged = Object.entries(OPENINGS).filter(([, record]) =>
    mailOf(record()).includes('[REGRESSION]'),
  );
  assert.deepEqual(
    tagged.map(([name]) => name),
    ['slower', 'slower by little'],
  );
});

test('a p that does not hold among the others is told once, in words that need no capital', () => {
  const text = opening(mailOf(OPENINGS['clear alone, and not among two']?.() ?? pair(1)));
  assert.equal(text.match(/\bp [=<]/gi)?.length, 1, text);
  assert.match(text, /, but p = 0\.\d+ alone, 0\.\d+ among 2 comparisons\./);
});

test('the first sentence has both levels', () => {
  assert.match(opening(mailOf(pair(1.5))), /went from 100\.0 to 150\.2 \(medians\)/);
  assert.match(opening(mailOf(pair(1.5, { hostsMax: 2 }))), /\(medians of 2 hosts\)/);
});

test('the bot is spoken to in a paragraph of its own, and only when asked', () => {
  const record = measuredAs('6.16.0', '6.17.0');
  assert.doesNotMatch(mailOf(record), /regzbot/);
  assert.match(
    mailOf(record, { regzbot: 'v6.16..v6.17' }),
    /\n\n#regzbot introduced: v6\.16\.\.v6\.17\n$/,
  );
  assert.match(
    mailOf(record, { regzbot: '0123456789ab' }),
    /\n\n#regzbot introduced: 0123456789ab\n$/,
  );
});

/** The same sweep on other releases of the baseline and of the kernel that is slower. */
function measuredAs(good: string, bad: string): SweepRecord {
  return reportSweep({ releases: { 'v6.16': good, 'v6.17': bad, 'v6.17-fix': `${bad}-fix` } });
}

test('a range is told to the bot only where its very ends were measured', () => {
  const accepted = [
    ['v6.16..v6.17', '6.16.0', '6.17.0-custom'],
    ['v6.16..v6.17', '6.16.0', '6.17'],
    ['v6.16..v6.17-rc3', '6.16.0', '6.17.0-rc3'],
    ['v6.16..v6.17-rc3', '6.16.0', '6.17.0-0.rc3.31.fc43.x86_64'],
    ['v6.17.1..v6.17.8', '6.17.1', '6.17.8+deb13-cloud-amd64'],
  ] as const;
  for (const [regzbot, good, bad] of accepted) {
    const mail = mailOf(measuredAs(good, bad), { regzbot });
    assert.ok(mail.endsWith(`#regzbot introduced: ${regzbot}\n`), regzbot);
  }
  const refused = [
    ['v6.16..v6.17', '6.16.12', '6.17.0', /v6\.16 is not what was measured, which is 6\.16\.12: /],
    ['v6.16..v6.17', '6.16.0', '6.17.8', /v6\.17 is not what was measured, which is 6\.17\.8: /],
    ['v6.16..v6.17', '6.16.0', '6.17.0-rc3', /v6\.17 is not what .*6\.17\.0-rc3: /],
    ['v6.16..v6.17-rc3', '6.16.0', '6.17.0', /v6\.17-rc3 is not what was measured/],
    ['v6.17.1..v6.17.7', '6.17.1', '6.17.8', /v6\.17\.7 is not .*measure the tagged releases/],
  ] as const;
  for (const [regzbot, good, bad, message] of refused) {
    assert.throws(
      () => mailOf(measuredAs(good, bad), { regzbot }),
      (error) => error instanceof UsageError && message.test(error.message),
      `${regzbot} ${good} ${bad}`,
    );
  }
});

test('what would mislead the bot is refused with what to try', () => {
  const refused = (regzbot: string, message: RegExp, record = reportSweep()) => {
    assert.throws(
      () => mailOf(record, { regzbot }),
      (error) => error instanceof UsageError && message.test(error.message),
      regzbot,
    );
  };
  refused('6.16.12+deb13-cloud-amd64..6.17.13+deb13-cloud-amd64', /upstream tags such as/);
  refused('v6.16', /upstream tags such as/);
  refused('v6.16...v6.17', /upstream tags such as/);
  refused('v6.16..v6.17..v6.18', /upstream tags such as/);
  refused('v6.17-rc1.2..v6.17', /upstream tags such as/);
  refused('01234', /12 to 40/);
  refused('v6.17..v6.16', /older one/);
  refused('v6.17..v6.17-rc3', /older one/);
  refused('v6.16.12..v6.17.13', /too vague; name mainline tags: v6\.16\.\.v6\.17/);
  refused('v6.12..v6.13', /not what was measured: the report compares 6\.17\.13 with 6\.16\.12/);
  refused('v6.16..v6.17', /no verdict "slower"/, pair(0.9));
});

test('a spec that was written for its sweep alone is told to lie in the bundle', () => {
  const record = pair(1.5);
  const told = (specPath: string) =>
    mailOf({ ...record, submitted: { ...record.submitted, specPath } }).replaceAll(/\s+/g, ' ');
  const own = `${record.sweep}.toml`;
  const seed = `(seed ${record.submitted.seed}`;
  assert.ok(
    told(`specs/${own}`).includes(
      `labsweep run ${own} ${seed}; the spec is in the sweep's bundle)`,
    ),
  );
  assert.ok(told('specs/mine.toml').includes(`labsweep run mine.toml ${seed})`));
});

/** Eight blocks in which the baseline runs twice, the second time by `drift` slower. */
function twice(drift: number, order: SweepRecord['spec']['order']): SweepRecord {
  const again = SERIES.map((value, index) => value * drift * (1 + 0.002 * (index % 4)));
  const other = SERIES.map((value) => value * 1.2);
  const record = buildRecord(
    statedSweep(
      { old: SERIES, new: other, 'old.again': again },
      { hostsMax: 1, again: 'old.again' },
    ),
  );
  return { ...record, spec: { ...record.spec, order } };
}

/** The tables and the noise floor, then the raw series. */
function partsWithAgain(mail: string): string {
  const from = (start: string, end: string) =>
    mail.slice(mail.indexOf(start), mail.indexOf(end)).trim();
  return [
    from('\nqemu-tcg smp 1', '\n\nVerdicts'),
    from('Noise floor', 'Excluded and'),
    mail.slice(mail.indexOf('Raw series')),
  ].join('\n\n');
}

test('the second turn of the baseline stands in its table, with what it says of the setup', () => {
  const mails = {
    'aa = true': mailOf(twice(0.998, 'interleaved')),
    'order = sandwich': mailOf(twice(0.998, 'sandwich')),
    'a drift that the interval shows': mailOf(twice(1.02, 'sandwich')),
  };
  const told = Object.entries(mails).map(([name, mail]) => `${name}\n${partsWithAgain(mail)}`);
  compareGolden('mail-again.txt', told.join('\n'));
  for (const mail of Object.values(mails)) assert.match(mail, /\nold\.again +1 +8 /);
  assert.match(mails['aa = true'], / noise\n/);
  assert.match(mails['order = sandwich'], / drift\n/);
});

test('a second turn without a value yet has a line all the same', () => {
  const record = { ...twice(1, 'interleaved'), state: 'interrupted' as const };
  const entries = record.entries.filter(({ kernel }) => kernel !== 'old.again');
  const mail = mailOf({ ...record, entries });
  assert.match(mail, /\nold\.again +1 +0\/8 +- +- +- +no interval +noise\n/);
});

test('long names leave the table readable and inside the page', () => {
  const long = 'linux-6.17.13+deb13-cloud-amd64-with-a-very-long-local-version-string';
  const record = buildRecord(statedSweep({ old: SERIES, [long]: SERIES.map((each) => each * 2) }));
  assert.match(mailOf(record), new RegExp(`\n${long.replaceAll('+', '\\+')}\n +1 +8 +200\\.1`));
});
