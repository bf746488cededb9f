// SPDX-License-Identifier: Apache-2.0
/**
 * Finds a real Debian kernel for tests of the QEMU runner: in the cache outside the tree, or once
 * over the network by apt in a private root. Where neither works it gives the reason, so that a
 * test can say loudly that it was skipped.
 */
import { access, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@labsweep/proto';
import { runProcess } from '../io/process.js';

const RELEASE = '6.17.13+deb13-cloud-amd64';
const PACKAGE = `linux-image-${RELEASE}`;
const SUITE = 'trixie-backports';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Of one step; the package index of the suite is some megabytes, the kernel about 15. */
const STEP_MS_MAX = 120_000;

export type TestKernel =
  | { readonly path: string; readonly release: string; readonly skip: false }
  | { readonly path: ''; readonly release: ''; readonly skip: string };

export async function findTestKernel(): Promise<TestKernel> {
  const cache = process.env.LABSWEEP_CACHE ?? join(homedir(), '.cache/labsweep');
  const directory = join(cache, 'test-kernels');
  const path = join(directory, `vmlinuz-${RELEASE}`);
  try {
    await access(path).catch(() => download(directory, path));
    return { path, release: RELEASE, skip: false };
  } catch (error) {
    const skip = `NOT TESTED: no kernel at ${path}, and none to be had: ${messageOf(error)}`;
    process.stderr.write(`${skip}\n`);
    return { path: '', release: '', skip };
  }
}

/**
 * Renamed into place at the end, so that test files that run side by side cannot meet half a
 * kernel.
 */
async function download(directory: string, path: string): Promise<void> {
  await access(KEYRING);
  await mkdir(directory, { recursive: true });
  const root = await mkdtemp(join(directory, 'apt-'));
  try {
    const options = await makeAptRoot(root);
    await step(root, ['apt-get', ...options, '--quiet', 'update']);
    await step(root, ['apt-get', ...options, '--quiet', 'download', PACKAGE]);
    const archive = (await readdir(root)).find((name) => name.endsWith('.deb'));
    await step(root, ['dpkg-deb', '--extract', archive ?? `${PACKAGE}.deb`, 'unpacked']);
    await copyFile(join(root, 'unpacked/boot', `vmlinuz-${RELEASE}`), join(root, 'vmlinuz'));
    await rename(join(root, 'vmlinuz'), path);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** An apt of its own: no file of the system's apt is read or written but the archive's keyring. */
async function makeAptRoot(root: string): Promise<string[]> {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await writeFile(join(root, 'status'), '');
  await writeFile(
    join(root, 'sources.list'),
    `deb [arch=amd64 signed-by=${KEYRING}] http://deb.debian.org/debian ${SUITE} main\n`,
  );
  const settings = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::trusted': '/dev/null',
    'Dir::Etc::trustedparts': '/dev/null',
    'APT::Architecture': 'amd64',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

async function step(workingDirectory: string, command: readonly string[]): Promise<void> {
  const [program = '', ...rest] = command;
  const end = await runProcess({
    command: program,
    arguments: rest,
    workingDirectory,
    outputBytesMax: 1024 * 1024,
    stop: AbortSignal.timeout(STEP_MS_MAX),
  });
  if (end.ending.kind === 'exited' && end.ending.code === 0) return;
  const words = new TextDecoder().decode(end.stderr).trim().slice(-300);
  throw new Error(`${program} ${rest.at(-1)} failed (${JSON.stringify(end.ending)}): ${words}`);
}
