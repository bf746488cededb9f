// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: KVM is called usable exactly when a guest lives under it. Method: the same canary guests
 * are booted under TCG, where they must live, and crippled ones, which must not.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { plainBoot } from '../testing/boot.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { GUEST_INIT_PATH } from '../testing/guest-init.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { BOOT_SECTOR_MARKER, bootDisk } from './boot-sector.js';
import { bootKernelCanary, bootTinyGuest, createCanary } from './canary.js';

const kernel = await findTestKernel();
const never = new AbortController().signal;

let workshop: Workshop;
let options: Parameters<typeof createCanary>[0];

before(async () => {
  workshop = await openWorkshop();
  options = {
    qemuBinary: 'qemu-system-x86_64',
    initPath: GUEST_INIT_PATH,
    scratchDirectory: join(workshop.directory, 'scratch'),
  };
});
after(() => workshop.close());

/** A QEMU that is started with further arguments, or that is no QEMU at all. */
async function makeQemu(name: string, script: string): Promise<string> {
  const path = join(workshop.directory, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

test('the boot disk has its mark, its marker, and code that fits before it', () => {
  const disk = bootDisk();
  assert.deepEqual([...disk.subarray(510, 512)], [0x55, 0xaa]);
  const sector = new TextDecoder('latin1').decode(disk.subarray(0, 510));
  assert.ok(sector.includes(`${BOOT_SECTOR_MARKER}\n\0`));
  assert.deepEqual([disk.subarray(512).every((byte) => byte === 0), disk.length], [true, 1048576]);
});

test('the tiny guest lives under TCG, and leaves nothing behind', async () => {
  assert.equal(await bootTinyGuest({ ...options, accelerator: 'tcg' }), undefined);
  assert.deepEqual(await readdir(options.scratchDirectory), []);
});

test('a guest that ends without its marker is no sign of life', async () => {
  const qemuBinary = await makeQemu('mute', 'exit 0');
  const reason = await bootTinyGuest({ ...options, qemuBinary, accelerator: 'kvm' });
  assert.equal(reason, 'KVM is unusable: a guest of 512 bytes ended without a sign of life');
});

test('a guest that hangs is given up after 3 s', async () => {
  const qemuBinary = await makeQemu('hanging', 'exec sleep 60');
  const reason = await bootTinyGuest({ ...options, qemuBinary, accelerator: 'kvm' });
  assert.match(
    reason ?? '',
    /KVM is unusable: a guest of 512 bytes gave no sign of life within 3\.0 s/,
  );
});

test('a missing QEMU is told with the package to install', async () => {
  const broken = { ...options, qemuBinary: 'labsweep-no-qemu', accelerator: 'tcg' } as const;
  assert.match((await bootTinyGuest(broken)) ?? '', /apt-get install qemu-system-x86/);
});

test('words of QEMU about KVM are passed on, without its warnings', async () => {
  const qemuBinary = await makeQemu(
    'aborting',
    'exec >&2; echo "qemu: warning: no feature"; echo "error: failed to set MSR 0x10a"; kill -ABRT $$',
  );
  const reason = await bootTinyGuest({ ...options, qemuBinary, accelerator: 'kvm' });
  assert.match(reason ?? '', /was killed by SIGABRT: error: failed to set MSR 0x10a$/);
});

test('a real kernel reaches the init under TCG', { skip: kernel.skip }, async () => {
  const guest = {
    ...options,
    boot: plainBoot(kernel.path),
    release: '6.1',
    accelerator: 'tcg',
    signal: never,
  } as const;
  assert.equal(await bootKernelCanary(guest), undefined);
});

test('a file that is no kernel does not pass', { skip: kernel.skip }, async () => {
  const kernelPath = join(workshop.directory, 'no-kernel');
  await writeFile(kernelPath, 'not a kernel');
  const guest = {
    ...options,
    boot: plainBoot(kernelPath),
    release: '6.1',
    accelerator: 'tcg',
    signal: never,
  } as const;
  assert.match((await bootKernelCanary(guest)) ?? '', /TCG is unusable: .*refused to run/);
});

const HAS_KVM = existsSync('/dev/kvm') && 'this machine has /dev/kvm; the next test is for it';

test('without /dev/kvm, KVM is unavailable', { skip: HAS_KVM }, async () => {
  const support = await createCanary(options).probeKvm();
  assert.equal(support.available, false);
  assert.match(support.reason, /\/dev\/kvm cannot be opened/);
});

test('once a kernel has failed under KVM, KVM is unavailable, with the reason', async (t) => {
  if (!existsSync('/dev/kvm')) return t.skip('NOT TESTED: this machine has no /dev/kvm');
  // It passes the tiny guest, and dies on any kernel: so some hosts do.
  const qemuBinary = await makeQemu(
    'half-dead',
    `case "$*" in *-kernel*) echo "KVM internal error. Suberror: 1" >&2; exit 1;; esac
    for word; do case "$word" in file,id=console,path=*)
      echo "${BOOT_SECTOR_MARKER}" > "\${word#file,id=console,path=}";; esac; done`,
  );
  const canary = createCanary({ ...options, qemuBinary });
  assert.equal((await canary.probeKvm()).available, true);
  const reason = await canary.confirmKvm({ boot: plainBoot('/any/kernel'), release: '6.1' }, never);
  assert.match(reason ?? '', /KVM internal error.*cannot run this guest/);
  assert.deepEqual(await canary.probeKvm(), {
    environment: 'qemu-kvm',
    available: false,
    reason,
  });
});

test('the verdict on KVM here agrees with a real kernel', { skip: kernel.skip }, async (t) => {
  const canary = createCanary(options);
  const support = await canary.probeKvm();
  const reason = await canary.confirmKvm(
    { boot: plainBoot(kernel.path), release: kernel.release },
    never,
  );
  t.diagnostic(`KVM on this machine: ${support.reason}; with a kernel: ${reason ?? 'works'}`);
  if (!support.available) assert.equal(reason, support.reason);
  assert.equal((await canary.probeKvm()).available, reason === undefined);
});
