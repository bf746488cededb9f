// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_OUTPUT, type OutputFormat } from '@labsweep/proto';
import { readOutput as readAs } from './output.js';

const readOutput = (
  lines: readonly string[],
  required: readonly string[],
  format: Partial<OutputFormat> = {},
) => readAs(lines, required, { ...DEFAULT_OUTPUT, ...format });

const scenariosOf = (lines: readonly string[], format: Partial<OutputFormat> = {}) =>
  readOutput(lines, [], format).samples.map(({ scenario }) => scenario);

test('round and result lines become samples, numbers apart from texts', () => {
  const lines = [
    'mapping 64 MiB',
    'round scenario=toggle round=1 ns=230.5 unexpected_results=0',
    'result scenario=toggle ns=-1.5e2 clock=monotonic_raw ratio=.5',
  ];
  assert.deepEqual(readOutput(lines, ['ns']), {
    samples: [
      {
        scenario: 'toggle',
        line: 'round',
        values: { round: 1, ns: 230.5, unexpected_results: 0 },
        texts: {},
      },
      {
        scenario: 'toggle',
        line: 'result',
        values: { ns: -150, ratio: 0.5 },
        texts: { clock: 'monotonic_raw' },
      },
    ],
  });
});

test('a scenario that looks like a number stays a name', () => {
  const { samples } = readOutput(['result scenario=64 ns=1'], ['ns']);
  assert.equal(samples[0]?.scenario, '64');
  assert.deepEqual(samples[0]?.values, { ns: 1 });
});

test('lines of another shape are passed over when there is a result', () => {
  const { problem } = readOutput(['results follow', 'result of x', 'result ns=1'], ['ns']);
  assert.equal(problem, undefined);
});

test('a result may lack a metric in its round lines', () => {
  assert.equal(readOutput(['round other=1', 'result ns=1'], ['ns']).problem, undefined);
});

describe('what is wrong is said with the line', () => {
  const cases: readonly [string, readonly string[], RegExp][] = [
    ['no output at all', [], /printed nothing; a result line was expected/],
    ['only blank lines', ['', ' '], /printed nothing/],
    ['talk only', ['hello', 'bye', ''], /its last line is 'bye'; print one such line/],
    ['a result of another shape', ['result 230 ns', 'bye'], /the nearest is 'result 230 ns'/],
    ['rounds only', ['round ns=1'], /no line of 1 reads 'result .* last line is 'round ns=1'/],
    [
      'a misspelt metric',
      ['result nz=1'],
      /metric ns is missing in 'result nz=1'; did you mean nz\?/,
    ],
    ['a missing metric', ['result bandwidth=1'], /metric ns is missing in 'result bandwidth=1'$/],
    ['not a number', ['result ns=nan'], /metric ns is 'nan', which is not a finite decimal/],
    ['infinity', ['result ns=inf'], /metric ns is 'inf'/],
    ['hexadecimal', ['result ns=0x10'], /metric ns is '0x10'/],
    ['beyond a double', ['result ns=1e999'], /metric ns is '1e999'/],
    ['an empty value', ['result ns='], /metric ns is ''/],
    ['a unit behind the number', ['result ns=12ns'], /metric ns is '12ns'/],
  ];
  for (const [name, lines, problem] of cases) {
    test(name, () => assert.match(readOutput(lines, ['ns']).problem ?? '', problem));
  }

  test('results of two scenarios are no problem', () => {
    const lines = ['result scenario=a ns=1', 'result scenario=b ns=2'];
    assert.equal(readOutput(lines, ['ns']).problem, undefined);
  });

  test('a line of any length is shown in part', () => {
    const { problem } = readOutput([`result x=${'9'.repeat(5000)}`], ['ns']);
    assert.ok((problem ?? '').length < 400, problem);
  });
});

describe('each result line is a row of its own', () => {
  test('a name that is printed again is numbered in the order of printing', () => {
    const lines = ['result scenario=a ns=1', 'result scenario=b ns=2', 'result scenario=a ns=3'];
    assert.deepEqual(scenariosOf(lines), ['a', 'b', 'a #2']);
    assert.deepEqual(scenariosOf(['result ns=1', 'result ns=2']), ['', '#2']);
    assert.equal(readOutput(lines, ['ns']).problem, undefined);
  });

  test('a number that the program itself has printed is not given twice', () => {
    const lines = ['a #2', 'a', 'a', 'a #2'].map((scenario) => JSON.stringify({ scenario, ns: 1 }));
    const names = ['a #2', 'a', 'a #3', 'a #2 #2'];
    assert.deepEqual(scenariosOf(lines, { adapter: 'json-lines' }), names);
  });

  test('row keys tell the lines of one scenario apart', () => {
    const lines = [
      'result scenario=a pages=16 mode=x ns=1',
      'result scenario=a pages=32 ns=2',
      'result pages=32 ns=3',
    ];
    assert.deepEqual(scenariosOf(lines, { rowKeys: ['pages', 'mode'] }), [
      'a pages=16 mode=x',
      'a pages=32',
      'pages=32',
    ]);
  });

  test('a row key that no result has is a slip of the spec', () => {
    const { problem } = readOutput(['result pages=1 ns=1'], ['ns'], { rowKeys: ['pags'] });
    assert.match(problem ?? '', /row key pags is in no result line; .*did you mean pages\?/);
  });

  test('a round belongs to the result that follows it, or to the last one', () => {
    const lines = ['round x=1', 'result x=1', 'round x=2', 'result x=2', 'round x=3', 'round y=1'];
    assert.deepEqual(scenariosOf(lines), ['', '', '#2', '#2', '#2', '#2']);
    assert.deepEqual(scenariosOf(['round scenario=a x=1', 'result x=1']), ['a', '']);
  });

  test('a name is one line of bounded length', () => {
    const line = JSON.stringify({ scenario: `two\nlines ${'x'.repeat(1000)}`, ns: 1 });
    const [name] = scenariosOf([line], { adapter: 'json-lines' });
    assert.equal(name, `two lines ${'x'.repeat(190)}`);
  });

  test('more samples than one message holds are refused, and none beyond is kept', () => {
    const lines = Array.from({ length: 1001 }, (_, index) => `result ns=${index}`);
    const { problem, samples } = readOutput(lines, ['ns']);
    assert.match(problem ?? '', /more than 1000 lines .* beyond is 'result ns=1000'/);
    assert.equal(samples.length, 1000);
  });
});

describe('JSON lines', () => {
  const json = (lines: readonly string[], required: readonly string[] = ['ns']) =>
    readOutput(lines, required, { adapter: 'json-lines' });

  test('numbers are values, the rest texts, and nested keys have dots', () => {
    const lines = [
      'warming up',
      '{"type":"round","scenario":"s","ns":2}',
      '{"scenario":"s","ns":1.5,"ok":true,"kind":"cold","none":null,"lat":{"p99":3,"all":[4,5]}}',
      '{"type":"progress","ns":7}',
      '{"broken":',
      '[1,2]',
    ];
    assert.deepEqual(json(lines), {
      samples: [
        { scenario: 's', line: 'round', values: { ns: 2 }, texts: {} },
        {
          scenario: 's',
          line: 'result',
          values: { ns: 1.5, 'lat.p99': 3, 'lat.all.0': 4, 'lat.all.1': 5 },
          texts: { ok: 'true', kind: 'cold', none: 'null' },
        },
      ],
    });
  });

  test('a number under the key line is a value, and so is a type behind a line', () => {
    const { samples } = json(['{"line":12,"ns":1}', '{"line":"result","type":"x","ns":1}']);
    assert.deepEqual(samples[0]?.values, { line: 12, ns: 1 });
    assert.deepEqual(samples[1]?.texts, { type: 'x' });
  });

  test('nesting without end costs nothing', () => {
    const deep = `{"ns":1,"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    assert.deepEqual(json([deep]).samples[0]?.values, { ns: 1 });
  });

  test('what is wrong is said with the line', () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [['bye'], /no line of 1 is a JSON object of type "result".*its last line is 'bye'/],
      [['{"type":"round","ns":1}', 'bye'], /the nearest is '\{"type":"round","ns":1\}'/],
      [['{"nz":1}'], /metric ns is missing in '\{"nz":1\}'; did you mean nz\?/],
      [['{"ns":"1"}', ''], /metric ns is '1', which is a string; print it without quotes/],
      [['{"ns":null}'], /metric ns is 'null'/],
      [['{"ns":1e999}'], /metric ns is 'Infinity'/],
      [[`{"x":"${'y'.repeat(70_000)}"}`], /line 1 has 70008 characters, and 65536 is most/],
    ];
    for (const [lines, problem] of cases) {
      assert.match(json(lines).problem ?? 'undefined', problem);
    }
  });
});

describe('regular expressions', () => {
  const match = (lines: readonly string[], pattern: string) =>
    readOutput(lines, ['ns'], { adapter: 'regex', pattern });

  test('every match on a line is a result, with its named groups', () => {
    const lines = ['# begin', 'read: 12.5 ns (hot); write: 30 ns (cold)', '(end)'];
    const pattern = String.raw`(?<scenario>\w+): (?<ns>[\d.]+) ns \((?<state>\w+)\)(?<none>!)?`;
    assert.deepEqual(match(lines, pattern), {
      samples: [
        { scenario: 'read', line: 'result', values: { ns: 12.5 }, texts: { state: 'hot' } },
        { scenario: 'write', line: 'result', values: { ns: 30 }, texts: { state: 'cold' } },
      ],
    });
  });

  test('what is wrong is said with the pattern and the line', () => {
    const cases: readonly [readonly string[], string, RegExp][] = [
      [['bye'], '(?<ns>\\d+) ns', /no line of 1 matches the pattern '.*'; its last line is 'bye'/],
      [['x ns'], '(?<ns>x) ns', /metric ns is 'x', which is not a finite decimal, in 'x ns'/],
      [['x'], '(?<ns', /the pattern '\(\?<ns' is no regular expression/],
      [['1'.repeat(70_000)], '(?<ns>1)', /line 1 has 70000 characters/],
      [['1'.repeat(2_000)], '(?<ns>1)', /more than 1000 lines carry results/],
    ];
    for (const [lines, pattern, problem] of cases) {
      assert.match(match(lines, pattern).problem ?? '', problem);
    }
  });

  test('a pattern that would take for ever is stopped, and the line is named', () => {
    const line = `${'a'.repeat(60)}!`;
    const startedAtMs = performance.now();
    const { problem } = match(['ns', line], '(?<ns>(a+)+)$');
    assert.match(problem ?? '', /took longer than 1000 ms and gave up at 'aaa.*a!'/);
    assert.ok(performance.now() - startedAtMs < 10_000);
  });
});
