// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatAddress, parseLoopbackAddress } from './address.js';
import { UsageError } from './errors.js';

test('a loopback address is read and written back', () => {
  for (const text of ['127.0.0.1:7700', 'localhost:0', '127.8.9.10:65535', '[::1]:80']) {
    assert.equal(formatAddress(parseLoopbackAddress(text, '--listen')), text);
  }
});

test('an address beyond loopback is refused, with the option, the reason and what to do', () => {
  for (const text of ['0.0.0.0:7700', '192.168.0.7:7700', 'labbox:7700', '[2001:db8::1]:7700']) {
    assert.throws(
      () => parseLoopbackAddress(text, '--listen'),
      (error) =>
        error instanceof UsageError &&
        /^--listen: .* beyond loopback.*TLS.*SSH/.test(error.message),
    );
  }
});

test('what is not an address is refused with an example', () => {
  for (const text of ['', '7700', 'localhost', '127.0.0.1:70000', '127.0.0.1:x', '::1:80']) {
    assert.throws(
      () => parseLoopbackAddress(text, '--listen'),
      /--listen: expected host:port.*example/,
    );
  }
});
