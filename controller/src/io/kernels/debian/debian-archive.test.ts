// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianArchiveOf, mirrorOf } from './debian-archive.js';

test('security suites come from the security archive', () => {
  const archive = debianArchiveOf({});
  assert.equal(mirrorOf(archive, 'trixie-backports'), 'http://deb.debian.org/debian');
  assert.equal(mirrorOf(archive, 'bookworm-security'), 'http://deb.debian.org/debian-security');
});

test('the environment names other mirrors and another keyring', () => {
  const archive = debianArchiveOf({
    LABSWEEP_DEBIAN_MIRROR: 'https://mirror.example.org/debian/',
    LABSWEEP_DEBIAN_KEYRING: '/etc/keys.gpg',
  });
  assert.equal(mirrorOf(archive, 'trixie'), 'https://mirror.example.org/debian');
  assert.equal(archive.keyring, '/etc/keys.gpg');
});

test('a mirror that would be more than an address is refused', () => {
  const archive = debianArchiveOf({ LABSWEEP_DEBIAN_MIRROR: 'http://a [trusted=yes]' });
  assert.throws(() => mirrorOf(archive, 'trixie'), /LABSWEEP_DEBIAN_MIRROR/);
});
