// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { crc32 } from './crc32.js';

test('the check value of the CRC-32 catalogue comes out', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

test('every byte value is summed up as zlib does it', () => {
  const bytes = Uint8Array.from({ length: 1024 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
  assert.equal(crc32(bytes), zlib.crc32(bytes));
  assert.equal(crc32(new Uint8Array(0)), 0);
});
