// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parseKernelSource } from './kernel-source.js';

test('Each form of a kernel source is read.', () => {
  const sources = {
    host: { kind: 'host' },
    'file:build/bzImage': { kind: 'file', path: 'build/bzImage' },
    'file:/boot/vmlinuz-6.12 test': { kind: 'file', path: '/boot/vmlinuz-6.12 test' },
    'debian:bookworm-security/linux-image-6.12-cloud-amd64': {
      kind: 'debian',
      suite: 'bookworm-security',
      package: 'linux-image-6.12-cloud-amd64',
    },
    'debian:sid/linux-image-7.3.4+deb13-amd64=1:7.3.4-1~bpo13+1': {
      kind: 'debian',
      suite: 'sid',
      package: 'linux-image-7.3.4+deb13-amd64',
      version: '1:7.3.4-1~bpo13+1',
    },
  };
  for (const [text, value] of Object.entries(sources)) {
    assert.deepEqual(parseKernelSource(text), { ok: true, value });
  }
});

test('Each part of a Debian source is checked, so that none is taken for an option of apt.', () => {
  const refusals = {
    'debian:trixie': 'no `/` between suite and package',
    'debian:/linux-image': '`` is not the name of a suite',
    'debian:-o/linux-image': '`-o` is not the name of a suite',
    'debian:trixie/': '`` is not the name of a package',
    'debian:trixie/--help': '`--help` is not the name of a package',
    'debian:trixie/linux-image/extra': '`linux-image/extra` is not the name of a package',
    'debian:trixie/Linux-Image': '`Linux-Image` is not the name of a package',
    'debian:trixie/linux-image=': '`` is not a package version',
    'debian:trixie/linux-image=6.1 2': '`6.1 2` is not a package version',
    'file:': 'no path after `file:`',
  };
  for (const [text, what] of Object.entries(refusals)) {
    const result = parseKernelSource(text);
    assert(!result.ok, text);
    assert.equal(result.what, what);
  }
});

test('An unknown source is answered with the form that was most likely meant.', () => {
  const hints = {
    hots: 'did you mean `host`?',
    'fiel:bzImage': 'did you mean `file:`?',
    'Debian:sid/linux-image': 'did you mean `debian:`?',
    '/boot/vmlinuz': 'a path is written `file:/boot/vmlinuz`',
    'https://example.org/bzImage': 'known are `debian:<suite>/<package>`, `file:<path>` and `host`',
    '': 'known are `debian:<suite>/<package>`, `file:<path>` and `host`',
  };
  for (const [text, hint] of Object.entries(hints)) {
    const result = parseKernelSource(text);
    assert(!result.ok, text);
    assert.equal(result.hint, hint);
  }
});
