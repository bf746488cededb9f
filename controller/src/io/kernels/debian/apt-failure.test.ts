// SPDX-License-Identifier: Apache-2.0
/** The messages are those that apt 2.6 printed for archives that were broken on purpose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aptFailureKind, complaintsOf } from './apt-failure.js';

const OLD_LISTS_KEPT =
  'W: An error occurred during the signature verification. The repository is not updated and the ' +
  'previous index files will be used. GPG error: http://127.0.0.1 small InRelease: The following ' +
  "signatures couldn't be verified because the public key is not available: NO_PUBKEY 8FF484\n";

test('a bad signature counts even when apt ends with success', () => {
  assert.equal(aptFailureKind(OLD_LISTS_KEPT, 0), 'signature');
  assert.equal(aptFailureKind(OLD_LISTS_KEPT, 100), 'signature');
});

test('each failure of apt has its kind', () => {
  const cases = [
    [
      "E: Failed to fetch http://a/InRelease  Clearsigned file isn't valid, got 'NOSPLIT'",
      'signature',
    ],
    ["E: The repository 'http://a small Release' is not signed.", 'signature'],
    ["E: The repository 'http://a small Release' does not have a Release file.", 'not-found'],
    ['E: Failed to fetch http://a/b.deb  404  Not Found [IP: 127.0.0.1 80]', 'not-found'],
    ['E: Failed to fetch http://a/Packages  Hash Sum mismatch', 'hash-mismatch'],
    ['E: Failed to fetch http://a/P  File has unexpected size (3 != 4).', 'hash-mismatch'],
    ["E: Failed to fetch http://a/P  Could not resolve 'a'", 'unreachable'],
    ['E: Failed to fetch http://a/P  502  Bad Gateway [IP: 127.0.0.1 80]', 'unreachable'],
    ['E: Release file for http://a/InRelease is expired (invalid since 4d 3h).', 'expired'],
    ['E: Write error - write (28: No space left on device)', 'other'],
  ] as const;
  for (const [stderr, kind] of cases) assert.equal(aptFailureKind(stderr, 100), kind, stderr);
});

test('a warning that is none of these is no failure when apt succeeds', () => {
  const warning =
    'W: Conflicting distribution: http://a small InRelease (expected small but got big)';
  assert.equal(aptFailureKind(warning, 0), undefined);
  assert.equal(aptFailureKind('', 0), undefined);
});

test('a complaint keeps the lines that continue it, and notices are none', () => {
  const stderr = 'E: Failed\n   Hashes of expected file:\nN: See apt-secure(8)\nW: Old\n';
  assert.deepEqual(complaintsOf(stderr), ['E: Failed\n   Hashes of expected file:', 'W: Old']);
});
