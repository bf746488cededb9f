// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareConfigs } from './compare-configs.js';

const BASE = `#
# Linux/x86 6.16.12 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"
CONFIG_GCC_VERSION=120200
CONFIG_BUILD_SALT="6.16.12"
CONFIG_NUMA=y
CONFIG_HZ=250
CONFIG_EXT2_FS_XATTR=y
# CONFIG_CRYPTO_FILECRYPT is not set
# CONFIG_GONE_AND_OFF is not set
CONFIG_CMDLINE="a=b c"
`;

const compare = (...changes: readonly (readonly [string, string])[]) =>
  compareConfigs(
    changes.reduce((text, [from, to]) => text.replace(from, to), BASE),
    BASE,
  );

test('equal texts differ in nothing', () => {
  assert.deepEqual(compareConfigs(BASE, BASE), {
    changedCount: 0,
    addedCount: 0,
    removedCount: 0,
    options: [],
  });
});

test('options are told as diffconfig tells them, what changed before the rest', () => {
  const found = compare(
    ['CONFIG_EXT2_FS_XATTR=y\n', ''],
    ['# CONFIG_CRYPTO_FILECRYPT is not set', 'CONFIG_CRYPTO_FILECRYPT=m'],
    ['CONFIG_HZ=250', 'CONFIG_HZ=1000\nCONFIG_ZRAM=m'],
    ['CONFIG_NUMA=y', '# CONFIG_NUMA is not set'],
    ['"a=b c"', '"a=b d"'],
  );
  assert.deepEqual(found, {
    changedCount: 4,
    addedCount: 1,
    removedCount: 1,
    options: [
      'CMDLINE "a=b c" -> "a=b d"',
      'CRYPTO_FILECRYPT n -> m',
      'HZ 250 -> 1000',
      'NUMA y -> n',
      '+ZRAM m',
      '-EXT2_FS_XATTR y',
    ],
  });
});

test('what names release and tools, or is off and new, is no difference', () => {
  const found = compare(
    ['6.16.12 Kernel', '6.17.1 Kernel'],
    ['"6.16.12"', '"6.17.1"'],
    ['12.2.0-14) 12.2.0', '14.2.0-19) 14.2.0'],
    ['120200', '140200'],
    ['# CONFIG_GONE_AND_OFF is not set', '# CONFIG_NEW_AND_OFF is not set'],
  );
  assert.deepEqual([found.changedCount, found.addedCount, found.removedCount], [0, 0, 0]);
});

test('of many options the first are named, and all are counted', () => {
  const many = Array.from({ length: 100 }, (_, index) => `CONFIG_N${index}=y\n`).join('');
  const found = compareConfigs(`${BASE}${many}`, BASE);
  assert.equal(found.addedCount, 100);
  assert.equal(found.options.length, 12);
});
