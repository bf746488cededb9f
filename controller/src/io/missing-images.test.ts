// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { EnvironmentRequest, ResolvedKernel, Sha256 } from '@labsweep/proto';
import { DEFAULT_GUEST, DEFAULT_NATIVE } from '@labsweep/proto';
import { kernelNames, makeSpec } from '../plan/testing/random-spec.js';
import { refuseMissingImages } from './missing-images.js';

const [NAME] = kernelNames(1);
const WITHOUT: ResolvedKernel = { name: NAME as ResolvedKernel['name'], source: 'host (6.1-x)' };
const WITH = { ...WITHOUT, image: { sha256: 'f' as Sha256, sizeBytes: 1, release: '6.1-x' } };

function submit(environments: readonly EnvironmentRequest[], kernel: ResolvedKernel) {
  const spec = makeSpec({
    environments: environments.map((environment) => ({
      environment,
      shapes: [{ smp: 1, memoryMib: 512 }],
      kernels: [WITHOUT.name],
      commandLine: '',
      deadlineMs: 1,
      estimateMs: 1,
      guest: DEFAULT_GUEST,
      native: DEFAULT_NATIVE,
    })),
    kernels: [WITHOUT.name],
    repetitions: 1,
    seed: 1,
  });
  const specText = `baseline = "${NAME}"\n[[environments]]\nkernels = ["${NAME}"]\n`;
  refuseMissingImages(spec, [kernel], { specPath: 's.toml', specText, release: '6.1-x' });
}

test('Both environments of the kernel of this box run where the box has its image.', () => {
  assert.doesNotThrow(() => submit(['qemu', 'native'], WITH));
  assert.doesNotThrow(() => submit(['native'], WITHOUT));
});

test('Without an image the rows of guests wait, as long as there are others.', () => {
  assert.doesNotThrow(() => submit(['native', 'qemu'], WITHOUT));
  assert.doesNotThrow(() => submit(['qemu-tcg', 'native'], WITHOUT));
});

test('Where only guests are asked for it is refused, with the places that were looked at.', () => {
  assert.throws(() => submit(['qemu', 'qemu-tcg'], WITHOUT), {
    message:
      's.toml:3:13: kernel v6.0 (host (6.1-x)) cannot be booted by qemu: this box has no image ' +
      'of it that can be read, neither /boot/vmlinuz-6.1-x nor ' +
      '/usr/lib/modules/6.1-x/vmlinuz nor /lib/modules/6.1-x/vmlinuz; install the package of ' +
      'the kernel, make its image readable, or name it by file: or debian:',
  });
});
