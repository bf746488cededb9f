// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabsweepError } from '@labsweep/proto';
import { httpsAddress } from './https-address.js';

test('an https address is taken, in ASCII', () => {
  assert.equal(httpsAddress('https://example.org/m/?a=1'), 'https://example.org/m/?a=1');
  assert.equal(httpsAddress('https://example.org/ä'), 'https://example.org/%C3%A4');
});

test('anything else is refused, with what to write instead', () => {
  const wrong = ['ftp://x y', 'http://example.org/', 'https://', 'https://a b/', 'example.org', ''];
  for (const text of [...wrong, 'https://me:secret@example.org/']) {
    assert.throws(
      () => httpsAddress(text),
      (error) => error instanceof LabsweepError && /such as https:\/\//.test(error.message),
      text,
    );
  }
});
