// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { RowId } from '@labsweep/proto';
import { waitingLines, waitingText } from './waiting-text.js';

const FOLDER = 'out/window-1';
const BOOT = {
  row: 'native-smp1' as RowId,
  reason: 'waits for box to boot 6.17.13 (it runs 6.12.1)',
};
const ROOM = { row: 'qemu-smp4' as RowId, reason: 'box has 2 CPUs, the row needs 4' };

test('Each row that waits is named with what it waits for.', () => {
  assert.equal(
    waitingText([BOOT, ROOM]),
    'row native-smp1 waits for box to boot 6.17.13 (it runs 6.12.1); ' +
      'row qemu-smp4 waits: box has 2 CPUs, the row needs 4',
  );
  assert.equal(waitingText([]), '');
});

test('A run that ends while rows wait says how to go on.', () => {
  assert.deepEqual(waitingLines([BOOT], FOLDER), [
    'row native-smp1 waits for box to boot 6.17.13 (it runs 6.12.1)',
    'what is measured is kept; run the same command again after booting that kernel to go on',
  ]);
  assert.match(
    waitingLines([ROOM], FOLDER).at(-1) ?? '',
    /again once a host can run that to go on$/,
  );
  assert.deepEqual(waitingLines([], FOLDER), []);
});

test('A run that waits for what the store has lost needs the same command, and nothing before it.', () => {
  const reason =
    'box: artifact 7d5f is damaged in the object store LABSWEEP_ARTIFACTS (parts of it are lost); ' +
    'what a sweep was given is stored anew when it is submitted again: run the same command once more';
  assert.match(
    waitingLines([{ ...ROOM, reason }], FOLDER).at(-1) ?? '',
    /run the same command again to go on$/,
  );
  assert.match(waitingLines([{ ...ROOM, reason }, ROOM], FOLDER).at(-1) ?? '', /again once a host/);
});

test('A run that waits for an image does not promise that the same sweep will get it.', () => {
  const image = { row: 'qemu-smp1' as RowId, reason: 'waits for an image of running (host (6.1))' };
  const fresh = 'once there is an image, run the command with --fresh, which measures anew with it';
  assert.deepEqual(waitingLines([image], FOLDER), [
    'row qemu-smp1 waits for an image of running (host (6.1))',
    fresh,
    'what is measured is kept',
  ]);
  const both = waitingLines([BOOT, image], FOLDER);
  assert.equal(both.at(-2), fresh);
  assert.match(both.at(-1) ?? '', /again after booting that kernel to go on$/);
});

test('A run that waits for somebody to decide names the command.', () => {
  const last = (reason: string) => waitingLines([{ ...ROOM, reason }], FOLDER).at(-1) ?? '';
  assert.match(
    last('box is quarantined: the lab failed 5 attempts in a row on box'),
    /again after labsweep release box --sweep out\/window-1 to go on$/,
  );
  assert.match(last('box is drained'), /after labsweep undrain box --sweep out\/window-1 to/);
  assert.match(
    last('v6.17 is quarantined on box: its trials fail'),
    /after labsweep release box --kernel v6.17 --sweep out\/window-1 to/,
  );
});
