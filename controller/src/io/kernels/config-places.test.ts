// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configPlaces, isConfigOf } from './config-places.js';

test('a configuration is looked for beside its image, and at the top of a build tree', () => {
  assert.deepEqual(configPlaces('boot/vmlinuz-6.17.0-mine'), [
    'boot/config-6.17.0-mine',
    'boot/.config',
  ]);
  assert.deepEqual(configPlaces('bzImage'), ['.config']);
  assert.deepEqual(configPlaces('/src/linux/arch/x86/boot/bzImage'), [
    '/src/linux/arch/x86/boot/.config',
    '/src/linux/.config',
  ]);
  assert.deepEqual(configPlaces('arch/x86/boot/bzImage'), ['arch/x86/boot/.config', '.config']);
});

test('one of another version is not that of the image', () => {
  const text = '#\n# Linux/x86 6.17.1 Kernel Configuration\n#\nCONFIG_A=y\n';
  for (const release of ['6.17.1', '6.17.1-mine', '6.17.1+', '6.17.1_x']) {
    assert.equal(isConfigOf(text, release), true, release);
  }
  for (const release of ['6.17.10', '6.17.1.2', '6.17', '6.16.1-mine']) {
    assert.equal(isConfigOf(text, release), false, release);
  }
  assert.equal(isConfigOf('CONFIG_A=y\n', '6.17.1'), false);
});
