// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a `debian:` source gives the right bytes or a clear refusal. Method: real apt, gpg and
 * dpkg-deb against small signed archives on the loopback that are tampered with, cut off and
 * emptied.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DebianLab, missingGpg } from '../testing/debian-lab.js';
import { fakeKernelImage } from '../testing/fake-kernel-image.js';
import { type SmallPackage, signArchive } from '../testing/small-archive.js';

const RELEASE = '6.17.13+deb13-cloud-amd64';
const NAME = `linux-image-${RELEASE}`;
const VERSION = '6.17.13-1~bpo13+1';
const DEB = `pool/${NAME}_${VERSION}_amd64.deb`;
const INDEX = 'dists/small/main/binary-amd64/Packages';
const POLL_LIMIT = 1000;
const POLL_INTERVAL_MS = 20;
const BIG_BODY_BYTES = 2 * 1024 * 1024;

function kernelPackage(release: string, version: string, bodyBytes?: number): SmallPackage {
  const image = fakeKernelImage(release, bodyBytes);
  return { name: `linux-image-${release}`, version, files: { [`boot/vmlinuz-${release}`]: image } };
}

const PACKAGE = kernelPackage(RELEASE, VERSION);
const CONFIG = Buffer.from('# Linux/x86 6.17.13 Kernel Configuration\nCONFIG_NUMA=y\n');
const CONFIGURED: SmallPackage = {
  ...PACKAGE,
  files: { ...PACKAGE.files, [`boot/config-${RELEASE}`]: CONFIG },
};

async function rootOf(lab: DebianLab): Promise<string> {
  const [folder = ''] = await readdir(join(lab.cacheDirectory, 'debian'));
  return join(lab.cacheDirectory, 'debian', folder);
}

async function listsOf(lab: DebianLab): Promise<string> {
  return join(await rootOf(lab), 'kernel-packages.json');
}

/** Makes the record of the one kernel what versions before configurations wrote. */
async function forgetConfig(lab: DebianLab): Promise<void> {
  const folder = join(await rootOf(lab), 'resolved');
  const [name = ''] = await readdir(folder);
  const { configSha256, configSoughtAtMs, ...earlier } = JSON.parse(
    await readFile(join(folder, name), 'utf8'),
  );
  assert.ok(configSha256 !== undefined && configSoughtAtMs !== undefined);
  await writeFile(join(folder, name), JSON.stringify(earlier));
}

/** Makes the lists look old, as after a night. */
async function ageLists(lab: DebianLab): Promise<void> {
  const path = await listsOf(lab);
  const index = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...index, refreshedAtMs: 1 }));
}

async function untilArrived(lab: DebianLab, sizeBytes: number): Promise<void> {
  for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
    const everything = { recursive: true, withFileTypes: true } as const;
    const files = await readdir(lab.cacheDirectory, everything).catch(() => []);
    const part = files.find((file) => /^[0-9a-f]{64}\.deb$/.test(file.name));
    if (part && (await stat(join(part.parentPath, part.name))).size >= sizeBytes) return;
    await setTimeout(POLL_INTERVAL_MS);
  }
  assert.fail(`${sizeBytes} bytes of the package never arrived`);
}

function sentBytes(lab: DebianLab): number {
  return lab.server.downloads.reduce((sum, request) => sum + request.sentBytes, 0);
}

describe('a debian source', { skip: await missingGpg() }, () => {
  test('gives the image of a package in boot, and a second time without the archive', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const first = await lab.resolve(NAME);
      assert.deepEqual(Buffer.from(first.image), fakeKernelImage(RELEASE));
      assert.equal(first.resolvedTo, `${NAME}=${VERSION}`);
      assert.match(
        lab.lines.join('\n'),
        /downloading linux-image-6\.17\.13\S+ 6\.17\.13-1~bpo13\+1 \(/,
      );
      const requestCount = lab.server.requests.length;
      assert.deepEqual(await lab.resolve(NAME), first);
      assert.equal(lab.server.requests.length, requestCount);
      assert.equal(lab.lines.at(-1), `${RELEASE} from cache`);
    });
  });

  test('follows a meta package over linux-image to the image of linux-binary', async () => {
    const release = '7.3.4+deb13-amd64';
    const packages = [
      {
        name: 'linux-image-amd64',
        version: '7.3.4-1',
        depends: `linux-image-${release} (= 7.3.4-1)`,
      },
      {
        name: `linux-image-${release}`,
        version: '7.3.4-1',
        depends: `dracut | initramfs-tools (>= 0.120), linux-binary-${release} (= 7.3.4-1)`,
      },
      {
        name: `linux-binary-${release}`,
        version: '7.3.4-1',
        depends: `linux-base-${release} (= 7.3.4-1)`,
        files: { [`usr/lib/modules/${release}/vmlinuz`]: fakeKernelImage(release) },
      },
      {
        name: `linux-base-${release}`,
        version: '7.3.4-1',
        files: { [`boot/config-${release}`]: CONFIG, [`boot/System.map-${release}`]: CONFIG },
      },
    ];
    await DebianLab.with(packages, async (lab) => {
      const kernel = await lab.resolve('linux-image-amd64');
      assert.equal(kernel.resolvedTo, `linux-binary-${release}=7.3.4-1`);
      assert.deepEqual(Buffer.from(kernel.image), fakeKernelImage(release));
      assert.deepEqual(kernel.config, CONFIG);
      const requestCount = lab.server.requests.length;
      assert.deepEqual(await lab.resolve('linux-image-amd64'), kernel);
      assert.equal(lab.server.requests.length, requestCount);
    });
  });

  test('gives the configuration beside the image, also of a kernel cached without it', async () => {
    await DebianLab.with([CONFIGURED], async (lab) => {
      const whole = await lab.resolve(NAME);
      assert.deepEqual(whole.config, CONFIG);
      assert.deepEqual(await lab.resolve(NAME), whole);
      assert.equal(lab.server.downloads.length, 1);
      await forgetConfig(lab);
      assert.deepEqual(await lab.resolve(`${NAME}=${VERSION}`), whole);
      assert.equal(lab.server.downloads.length, 2);
      assert.deepEqual(await lab.resolve(NAME), whole);
      assert.equal(lab.server.downloads.length, 2);
    });
  });

  test('a configuration that is out of reach keeps no kernel, and is sought once a day', async () => {
    await DebianLab.with([CONFIGURED], async (lab) => {
      const { config: _, ...alone } = await lab.resolve(NAME);
      await forgetConfig(lab);
      lab.files.delete(DEB);
      const pinned = `${NAME}=${VERSION}`;
      assert.deepEqual(await lab.resolve(pinned), alone);
      assert.match(lab.lines.at(-1) ?? '', /^its configuration stays unknown: cannot download/);
      const requestCount = lab.server.requests.length;
      assert.deepEqual(await lab.resolve(pinned), alone);
      assert.equal(lab.server.requests.length, requestCount);
    });
  });

  test('lists of an earlier version, which name no base packages, are read anew', async () => {
    await DebianLab.with([CONFIGURED], async (lab) => {
      await lab.resolve('linux-image-none').catch(() => undefined);
      const path = await listsOf(lab);
      const { hasConfigs: _, ...earlier } = JSON.parse(await readFile(path, 'utf8'));
      await writeFile(path, JSON.stringify(earlier));
      assert.deepEqual((await lab.resolve(NAME)).config, CONFIG);
      assert.equal(lab.lines.filter((line) => line.startsWith('reading package lists')).length, 2);
    });
  });

  test('says which packages it looked into when none has an image', async () => {
    await DebianLab.with([{ name: 'linux-image-amd64-dbg', version: '1' }], async (lab) => {
      await assert.rejects(
        lab.resolve('linux-image-amd64-dbg'),
        /no kernel image in linux-image-amd64-dbg/,
      );
    });
  });

  test('refuses an InRelease of another key, also when older lists are there', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const good = new Map(lab.files);
      await lab.foreignKey((key) => signArchive(lab.files, key));
      const refusal = /refused: InRelease of .* is not signed by a key in .*keyring\.gpg/;
      await assert.rejects(lab.resolve(NAME), refusal);
      assert.equal(lab.server.downloads.length, 0);
      const foreign = new Map(lab.files);
      for (const [path, content] of good) lab.files.set(path, content);
      await lab.resolve(NAME);
      for (const [path, content] of foreign) lab.files.set(path, content);
      await ageLists(lab);
      await assert.rejects(lab.resolve(NAME), refusal);
    });
  });

  test('refuses an archive without any signature', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const signed = Buffer.from(lab.files.get('dists/small/InRelease') ?? []).toString();
      const plain = signed.replace(/^[\s\S]*?\n\n/, '').replace(/-----BEGIN PGP SIG[\s\S]*/, '');
      lab.files.delete('dists/small/InRelease');
      lab.files.set('dists/small/Release', Buffer.from(plain));
      await assert.rejects(lab.resolve(NAME), /refused: InRelease of .* is not signed/);
    });
  });

  test('refuses a Packages list that is not the one that was signed', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const text = Buffer.from(lab.files.get(INDEX) ?? []).toString();
      lab.files.set(INDEX, Buffer.from(text.replace(/SHA256: ..../, 'SHA256: 0000')));
      await assert.rejects(
        lab.resolve(NAME),
        /refused: the Packages list of .* does not have the hash/,
      );
      assert.equal(lab.server.downloads.length, 0);
    });
  });

  test('refuses a package that is not the one in the signed list, and keeps no part', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const content = Buffer.from(lab.files.get(DEB) ?? []);
      content.writeUInt8(content.readUInt8(content.length - 40) ^ 1, content.length - 40);
      const good = lab.files.get(DEB) ?? content;
      lab.files.set(DEB, content);
      await assert.rejects(lab.resolve(NAME), /refused: .*\.deb does not have the sha256/);
      lab.files.set(DEB, good);
      assert.equal((await lab.resolve(NAME)).resolvedTo, `${NAME}=${VERSION}`);
    });
  });

  test('refuses a package whose image is no kernel', async () => {
    const files = { 'boot/vmlinuz-1': Buffer.from('\x7fELF and more') };
    await DebianLab.with([{ name: NAME, version: VERSION, files }], async (lab) => {
      await assert.rejects(lab.resolve(NAME), /is an ELF file/);
    });
  });

  test('goes on with a download when the server hangs up half way', async () => {
    await DebianLab.with([kernelPackage(RELEASE, VERSION, BIG_BODY_BYTES)], async (lab) => {
      lab.server.breaks.set(DEB, { afterBytes: BIG_BODY_BYTES / 2, ending: 'close' });
      assert.equal((await lab.resolve(NAME)).image.length, 1024 + BIG_BODY_BYTES);
      const [, second] = lab.server.downloads;
      assert.equal(second?.range, `bytes=${BIG_BODY_BYTES / 2}-`);
      assert.equal(sentBytes(lab), lab.files.get(DEB)?.length);
    });
  });

  test('goes on with a download that was aborted, at the next submission', async () => {
    await DebianLab.with([kernelPackage(RELEASE, VERSION, BIG_BODY_BYTES)], async (lab) => {
      lab.server.breaks.set(DEB, { afterBytes: BIG_BODY_BYTES / 2, ending: 'stall' });
      const abort = new AbortController();
      const first = lab.resolve(NAME, { signal: abort.signal });
      const refusal = assert.rejects(first, { name: 'AbortError' });
      await untilArrived(lab, BIG_BODY_BYTES / 2);
      abort.abort();
      await refusal;
      assert.equal((await lab.resolve(NAME)).image.length, 1024 + BIG_BODY_BYTES);
      assert.equal(lab.server.downloads.at(-1)?.range, `bytes=${BIG_BODY_BYTES / 2}-`);
      assert.equal(sentBytes(lab), lab.files.get(DEB)?.length);
    });
  });

  test('starts over when the part that was kept is not the beginning of the package', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      await lab.resolve('linux-image-none').catch(() => undefined);
      const index = Buffer.from(lab.files.get(INDEX) ?? []).toString();
      const sha256 = /^SHA256: (.*)$/m.exec(index)?.[1];
      const path = join(await rootOf(lab), 'partial', `${sha256}.deb`);
      await writeFile(path, Buffer.alloc(1000));
      assert.deepEqual(Buffer.from((await lab.resolve(NAME)).image), fakeKernelImage(RELEASE));
      assert.equal(lab.server.downloads[0]?.range, 'bytes=1000-');
      assert.equal(lab.server.downloads[1]?.range, undefined);
    });
  });

  test('is downloaded once when two submissions want it at once', async () => {
    await DebianLab.with([kernelPackage(RELEASE, VERSION, BIG_BODY_BYTES)], async (lab) => {
      const [left, right] = await Promise.all([lab.resolve(NAME), lab.resolve(NAME)]);
      assert.deepEqual(left, right);
      assert.equal(left.image.length, 1024 + BIG_BODY_BYTES);
      assert.equal(lab.server.downloads.length, 1);
    });
  });

  test('offers the nearest packages, same flavour first, when one was dropped', async () => {
    const names = ['6.16.12+deb13-cloud-amd64', '6.17.8+deb13-cloud-amd64', '6.17.13+deb13-amd64'];
    const packages = names.map((name) => ({ name: `linux-image-${name}`, version: '1' }));
    await DebianLab.with(packages, async (lab) => {
      await assert.rejects(lab.resolve('linux-image-6.17.13+deb13-cloud-amd64'), {
        name: 'UsageError',
        message: new RegExp(
          'does not have linux-image-6.17.13\\+deb13-cloud-amd64; the nearest it has: ' +
            'linux-image-6.17.8\\+deb13-cloud-amd64, linux-image-6.16.12\\+deb13-cloud-amd64, ' +
            'linux-image-6.17.13\\+deb13-amd64$',
        ),
      });
      await assert.rejects(
        lab.resolve(`linux-image-${names[1]}=9`),
        /the nearest it has: .*amd64=1$/,
      );
    });
  });

  test('looks for a package that is new since the lists were read', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      await lab.resolve(NAME);
      const text = Buffer.from(lab.files.get(INDEX) ?? []).toString();
      lab.files.set(INDEX, Buffer.from(`${text}\n${text.replaceAll('6.17.13', '6.17.14')}`));
      lab.files.set(DEB.replaceAll('6.17.13', '6.17.14'), lab.files.get(DEB) ?? Buffer.alloc(0));
      await signArchive(lab.files, lab.key);
      const kernel = await lab.resolve(NAME.replace('6.17.13', '6.17.14'));
      assert.match(kernel.resolvedTo, /^linux-image-6\.17\.14/);
    });
  });

  test('takes the new version when the archive has replaced the one in the lists', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      await lab.resolve('linux-image-none').catch(() => undefined);
      const text = Buffer.from(lab.files.get(INDEX) ?? []).toString();
      lab.files.set(INDEX, Buffer.from(text.replaceAll(VERSION, '6.17.13-2')));
      lab.files.set(DEB.replace(VERSION, '6.17.13-2'), lab.files.get(DEB) ?? Buffer.alloc(0));
      lab.files.delete(DEB);
      await signArchive(lab.files, lab.key);
      assert.equal((await lab.resolve(NAME)).resolvedTo, `${NAME}=6.17.13-2`);
    });
  });

  test('works without the archive if it has the kernel, and says if it has not', async () => {
    await DebianLab.with([PACKAGE, kernelPackage('6.12.1-amd64', '6.12.1-1')], async (lab) => {
      const online = await lab.resolve(NAME);
      await ageLists(lab);
      await lab.server.close();
      assert.deepEqual(await lab.resolve(NAME), online);
      assert.match(
        lab.lines.at(-2) ?? '',
        /cannot be reached; using the small package lists of 1970/,
      );
      assert.deepEqual(await lab.resolve(`${NAME}=${VERSION}`), online);
      await assert.rejects(
        lab.resolve('linux-image-6.12.1-amd64'),
        /cannot download .*Could not connect/,
      );
    });
  });

  test('says that nothing is cached when the archive is out of reach at first', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      await lab.server.close();
      const closed = lab.server.address;
      await assert.rejects(lab.resolve(NAME), (error: Error) => {
        assert.ok(error.message.startsWith(`${closed} small cannot be reached`), error.message);
        assert.match(
          error.message,
          /Check the network, or name a mirror in LABSWEEP_DEBIAN_MIRROR/,
        );
        return true;
      });
    });
  });

  test('says which suites there are when the archive does not have the one named', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      lab.files.delete('dists/small/InRelease');
      await assert.rejects(
        lab.resolve(NAME),
        /no suite small at .*: bookworm, .*trixie-backports$/,
      );
    });
  });

  test('makes a cached image anew when the disk has altered it', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const good = await lab.resolve(NAME);
      const folder = join(lab.cacheDirectory, 'kernels');
      const [sha256 = ''] = await readdir(folder);
      await writeFile(join(folder, sha256), 'something else');
      assert.deepEqual(await lab.resolve(NAME), good);
      assert.equal(lab.server.downloads.length, 2);
    });
  });

  test('names the package that brings a missing keyring', async () => {
    await DebianLab.with([PACKAGE], async (lab) => {
      const keyring = '/nonexistent/keyring.gpg';
      await assert.rejects(
        lab.resolve(NAME, { keyring }),
        /apt-get install debian-archive-keyring/,
      );
    });
  });
});
