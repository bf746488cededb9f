// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a channel is believed only when it is whole. Method: good channels are written by an
 * independent frame writer, and then damaged in one way each.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readGuestFrames } from './guest-frames.js';
import { frameText } from './testing/frame-text.js';

const WHOLE = [
  'fact kernel_release=6.17.13',
  'fact cmdline=console=ttyS0 panic=-1',
  'out round x=1',
  'out result x=2',
  'err careful',
  'exit code=0',
  'end frames=6',
];

test('a whole channel gives facts, lines, the exit and completeness', () => {
  assert.deepEqual(readGuestFrames(frameText(WHOLE)), {
    facts: { kernel_release: '6.17.13', cmdline: 'console=ttyS0 panic=-1' },
    stdout: ['round x=1', 'result x=2'],
    stderr: ['careful'],
    end: { kind: 'exited', code: 0 },
    complete: true,
  });
});

test('the carriage returns of a serial port change nothing', () => {
  const text = frameText(WHOLE).replaceAll('\n', '\r\n');
  assert.deepEqual(readGuestFrames(text), readGuestFrames(frameText(WHOLE)));
});

test('a frame that the C writer of the guest has sent is read', () => {
  const text = 'LS1 16 58917738 fact online_cpus_end=2\n';
  const transcript = readGuestFrames(text);
  assert.deepEqual(transcript.facts, { online_cpus_end: '2' });
  assert.match(transcript.damage ?? '', /frame 16 comes where frame 0 should be/);
});

test('an empty channel is incomplete and undamaged', () => {
  const empty = { facts: {}, stdout: [], stderr: [], complete: false };
  assert.deepEqual(readGuestFrames(''), empty);
});

describe('escapes and continued lines', () => {
  test('a line over three frames is joined before it is decoded', () => {
    // The two bytes of 'µ' lie on both sides of a cut.
    const frames = ['out+ 5 \\xc2', 'out+ \\xb5s \\\\', 'out  tab\\x09.', 'end frames=3'];
    const { stdout, complete } = readGuestFrames(frameText(frames));
    assert.deepEqual(stdout, ['5 µs \\ tab\t.']);
    assert.equal(complete, true);
  });

  test('an escaped backslash does not open an escape of what follows it', () => {
    const { stdout } = readGuestFrames(frameText(['out \\\\x41', 'end frames=1']));
    assert.deepEqual(stdout, ['\\x41']);
  });

  test('another kind inside a continued line is damage', () => {
    const { damage } = readGuestFrames(frameText(['out+ a', 'err b', 'end frames=2']));
    assert.match(damage ?? '', /frame 1 \(err\) cuts into an unfinished out/);
  });
});

describe('the ways in which the reproducer ends', () => {
  const ends = [
    ['exit code=3', { kind: 'exited', code: 3 }],
    ['exit signal=11', { kind: 'signalled', signal: 11 }],
    ['exit exec_failed=Exec format error', { kind: 'not-executed', message: 'Exec format error' }],
  ] as const;
  for (const [frame, end] of ends) {
    test(`'${frame}' is read`, () => {
      const transcript = readGuestFrames(frameText([frame, 'end frames=1']));
      assert.deepEqual(transcript.end, end);
      assert.equal(transcript.complete, true);
    });
  }

  test('an error frame is kept, and such a channel is not complete', () => {
    const { error, complete } = readGuestFrames(frameText(['error mounting /proc failed']));
    assert.equal(error, 'mounting /proc failed');
    assert.equal(complete, false);
  });
});

describe('damage is found, and named where it is', () => {
  const whole = frameText(WHOLE);
  const lines = whole.split('\n').slice(0, -1);
  const without = (index: number) => `${lines.toSpliced(index, 1).join('\n')}\n`;
  const cases: readonly [string, string, RegExp][] = [
    ['a lost frame', without(2), /frame 3 comes where frame 2 should be/],
    ['a flipped bit', whole.replace('x=2', 'x=3'), /fails its checksum, where frame 3 should be/],
    ['a cut line', whole.slice(0, -4), /ends inside a line: 'LS1 6 /],
    ['a foreign line', `hello\n${whole}`, /not a frame, where frame 0 should be: 'hello'/],
    ['a wrong count', frameText(['exit code=0', 'end frames=9']), /number 1 but says 'frames=9'/],
    [
      'a frame behind the end',
      frameText(['end frames=0', 'out late']),
      /comes after the end frame/,
    ],
    ['an unknown kind', frameText(['constructor x', 'end frames=1']), /unknown kind 'constructor'/],
    ['a fact without value', frameText(['fact x', 'end frames=1']), /not name=value: 'x'/],
    ['an unknown exit', frameText(['exit gone', 'end frames=1']), /no exit that is known: 'gone'/],
  ];
  for (const [name, text, damage] of cases) {
    test(name, () => {
      const transcript = readGuestFrames(text);
      assert.equal(transcript.complete, false);
      assert.match(transcript.damage ?? '', damage);
    });
  }

  test('a channel without its end frame is incomplete, and what came is kept', () => {
    const transcript = readGuestFrames(`${lines.slice(0, 4).join('\n')}\n`);
    assert.equal(transcript.complete, false);
    assert.equal(transcript.damage, undefined);
    assert.deepEqual(transcript.stdout, ['round x=1', 'result x=2']);
  });

  test('cut at any byte, the channel is never taken for whole', () => {
    for (let length = 0; length < whole.length; length++) {
      assert.equal(readGuestFrames(whole.slice(0, length)).complete, false, `cut at ${length}`);
    }
    assert.equal(readGuestFrames(whole).complete, true);
  });
});

test('the lines of a supervisor are kept apart from what the reproducer printed', () => {
  const transcript = readGuestFrames(
    frameText([
      'out result',
      'state == smaps',
      'state absent',
      'profile profile x',
      'end frames=4',
    ]),
  );
  assert.deepEqual(transcript.stdout, ['result']);
  assert.deepEqual(transcript.state, ['== smaps', 'absent']);
  assert.deepEqual(transcript.profile, ['profile x']);
  assert.equal(transcript.complete, true);
});
