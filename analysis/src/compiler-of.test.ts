// SPDX-License-Identifier: Apache-2.0
/** Banners as kernels of several builders print them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilerOf } from './compiler-of.js';

const BANNERS: readonly (readonly [string, string | undefined])[] = [
  [
    'Linux version 6.17.13+deb13-cloud-amd64 (debian-kernel@lists.debian.org) ' +
      '(x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44) ' +
      '#1 SMP PREEMPT_DYNAMIC Debian 6.17.13-1~bpo13+1 (2025-12-28)',
    'gcc 14.2.0',
  ],
  [
    'Linux version 4.19.0-21-amd64 (debian-kernel@lists.debian.org) ' +
      '(gcc version 8.3.0 (Debian 8.3.0-6)) #1 SMP Debian 4.19.249-2 (2022-06-30)',
    'gcc 8.3.0',
  ],
  [
    'Linux version 6.14.0-63.fc42.x86_64 (mockbuild@abc) (gcc (GCC) 15.0.1 20250329 ' +
      '(Red Hat 15.0.1-0), GNU ld version 2.44-3.fc42) #1 SMP PREEMPT_DYNAMIC',
    'gcc 15.0.1',
  ],
  [
    'Linux version 6.12.1 (me@box) (Debian clang version 19.1.7 (3), Debian LLD 19.1.7) #2 SMP',
    'clang 19.1.7',
  ],
  [
    'Linux version 6.12.1 (me@box) (clang version 20.0.0git (https://example.org/llvm, a1b2), ' +
      'LLD 20.0.0) #2 SMP',
    'clang 20.0.0',
  ],
  ['Linux version 6.12.1 (me@box) (icx 2024, GNU ld 2.40) #1 SMP', 'icx 2024'],
  ['Linux version 6.12.1 (me@box) #1 SMP Debian 6.12.1-1 (2025-12-28)', undefined],
  ['Linux version 6.12.1', undefined],
  ['Linux version 6.12.1 (me@box) (gcc 12.2.0', undefined],
  ['', undefined],
];

test('the compiler of a banner is told by its name and version', () => {
  for (const [banner, compiler] of BANNERS) assert.equal(compilerOf(banner), compiler, banner);
});
