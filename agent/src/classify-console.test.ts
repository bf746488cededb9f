// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConsole } from './classify-console.js';

const BANNER =
  '[    0.000000] Linux version 6.17.13+deb13-cloud-amd64 (debian) (gcc 14) #1 SMP\r\n';

test('the stages follow each other', () => {
  const stages: string[] = [readConsole('').stage];
  let text = BANNER;
  for (const milestone of ['started', 'running', 'done', '']) {
    stages.push(readConsole(text).stage);
    text += `labsweep-init: ${milestone}\r\n`;
  }
  assert.deepEqual(stages, ['firmware', 'boot', 'init', 'run', 'done']);
});

test('blank lines are not a word of the kernel', () => {
  assert.equal(readConsole('\r\n \r\n').stage, 'firmware');
});

test('a milestone that shares its line with a kernel message is seen', () => {
  assert.equal(readConsole('[    1.2] clocklabsweep-init: started').stage, 'init');
});

test('release, last line and the words of the init are read', () => {
  const reading = readConsole(
    `${BANNER}labsweep-init: error no /proc\r\n[    1.5] last words\r\n\r\n`,
  );
  assert.equal(reading.release, '6.17.13+deb13-cloud-amd64');
  assert.equal(reading.initError, 'no /proc');
  assert.equal(reading.lastLine, 'last words');
});

test('a panic is read with the oops before it', () => {
  const reading = readConsole(
    '[    0.3] Oops: int3: 0000 [#1] SMP NOPTI\n' +
      '[    0.4] Kernel panic - not syncing: Fatal exception\n' +
      '[    0.4] ---[ end Kernel panic - not syncing: Fatal exception ]---\n',
  );
  assert.equal(reading.panic?.line, 'Kernel panic - not syncing: Fatal exception');
  assert.deepEqual(reading.oops, { line: 'Oops: int3: 0000 [#1] SMP NOPTI', stage: 'boot' });
});

test('an oops has the stage in which it came, however far the guest went on', () => {
  const run = 'labsweep-init: started\nlabsweep-init: running\n';
  const reading = readConsole(`${run}[    2.0] Oops: invalid opcode\nlabsweep-init: done\n`);
  assert.deepEqual([reading.stage, reading.oops?.stage], ['done', 'run']);
});

describe('what counts as an oops', () => {
  const guilty = [
    '[    2.0] BUG: kernel NULL pointer dereference, address: 0000000000000000',
    '[    2.0][    T1] Oops: Oops: 0002 [#1] SMP NOPTI',
    '[    2.0] kernel BUG at mm/mprotect.c:100!',
    '[    2.0] general protection fault, maybe for address 0x0: 0000 [#1] PREEMPT SMP',
    '[    2.0] watchdog: BUG: soft lockup - CPU#1 stuck for 26s!',
    'BUG: unable to handle page fault for address: ffffffff',
  ];
  for (const line of guilty) {
    test(line, () => assert.notEqual(readConsole(line).oops, undefined));
  }
  const innocent = [
    '[    0.0] [Firmware Bug]: TSC ADJUST: CPU0: 0',
    '[    0.0] Command line: oops=panic panic=-1',
    '[    0.0] Spectre V2 : mitigation: DEBUG: on',
    '[    0.0] WARNING: CPU: 0 PID: 1 at kernel/x.c:1',
  ];
  for (const line of innocent) {
    test(line, () => assert.equal(readConsole(line).oops, undefined));
  }
});
