// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { untilFolded } from './until-folded.js';

const COMMAND = { what: 'the command', see: 'labsweep history window-1a2b3c4d' };

test('a wall clock that jumps ends no wait, and makes none longer', async (context) => {
  const { timers } = context.mock;
  timers.enable({ apis: ['Date'], now: 1_000_000_000 });
  let looks = 0;
  const jump = (toMs: number, isTrue: boolean) => {
    looks += 1;
    timers.setTime(toMs);
    return isTrue;
  };
  await untilFolded(() => jump(2_000_000_000, looks === 3), COMMAND);
  const limited = { ...COMMAND, limitMs: 20 };
  await assert.rejects(
    untilFolded(() => jump(1_000, false), limited),
    { message: /^the command is stored in the log, .* see `labsweep history window-1a2b3c4d`$/ },
  );
});
