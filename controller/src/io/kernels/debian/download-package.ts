// SPDX-License-Identifier: Apache-2.0
/**
 * Fetches one .deb by way of apt, going on where an interrupted download stopped, and checks it
 * against the signed package list. It unpacks nothing.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { withFileLock } from '../../file-lock.js';
import { AptFailure, aptFailureKind, complaintsOf } from './apt-failure.js';
import type { DebianPackage } from './debian-package.js';
import type { PrivateRoot } from './private-root.js';
import { runApt } from './run-apt.js';

/** A line that breaks again and again still brings a piece each time. */
const ATTEMPT_LIMIT = 20;
const FRUITLESS_ATTEMPT_LIMIT = 2;
const PAUSE_MS = 1000;

/**
 * Returns the path of the verified .deb; the caller removes it. Throws an AptFailure: `not-found`
 * when the archive no longer has it, `hash-mismatch` when what it sent is something else.
 */
export async function downloadPackage(
  root: PrivateRoot,
  wanted: DebianPackage,
  signal: AbortSignal,
): Promise<string> {
  const path = join(root.directory, 'partial', `${wanted.sha256}.deb`);
  const address = `${root.mirror}/${wanted.fileName}`;
  let fruitlessCount = 0;
  for (let attempt = 1; ; attempt += 1) {
    const keptBytes = await sizeOf(path);
    const failure = await attemptDownload({ root, address, path, wanted, signal });
    if (failure === undefined) return path;
    fruitlessCount = (await sizeOf(path)) > keptBytes ? 0 : fruitlessCount + 1;
    const isLast = attempt === ATTEMPT_LIMIT || fruitlessCount === FRUITLESS_ATTEMPT_LIMIT;
    if (failure.kind !== 'unreachable' || isLast) throw failure;
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
}

interface Download {
  readonly root: PrivateRoot;
  readonly address: string;
  readonly path: string;
  readonly wanted: DebianPackage;
  readonly signal: AbortSignal;
}

async function attemptDownload(download: Download): Promise<AptFailure | undefined> {
  const { address, path, wanted } = download;
  const keptBytes = await sizeOf(path);
  // An apt whose labsweep was killed may still be writing to this very file.
  const { aptLockPath } = download.root;
  if (keptBytes > 0) await withFileLock(aptLockPath, download.signal, () => fetchRest(download));
  if (await isWanted(download)) return undefined;
  const sizeBytes = await sizeOf(path);
  // A file of full length with another hash began with something else: nothing of it is of use.
  if (sizeBytes >= wanted.sizeBytes) await rm(path, { force: true });
  else if (sizeBytes > keptBytes) {
    // Apt might begin from the start, so it is not asked while this way makes progress.
    return new AptFailure('unreachable', `the download of ${address} breaks off; run it again`);
  }
  return await fetchByApt(download);
}

/** Leaves a partial file for the next time, unless its content is known to be wrong. */
async function fetchByApt(download: Download): Promise<AptFailure | undefined> {
  const { root, address, path, wanted, signal } = download;
  const request = ['download-file', address, path, `SHA256:${wanted.sha256}`];
  // Apt's own retries begin from the start where the server sends no Last-Modified.
  const args = ['-o', 'Acquire::Retries=0', ...request];
  const { stderr, exitCode } = await runApt(root, '/usr/lib/apt/apt-helper', args, signal);
  const kind = aptFailureKind(stderr, exitCode);
  if (kind === undefined && (await isWanted(download))) return undefined;
  await rm(`${path}.FAILED`, { force: true });
  const said = complaintsOf(stderr).join(' ');
  if (kind === undefined || kind === 'hash-mismatch') {
    await rm(path, { force: true });
    return new AptFailure(
      'hash-mismatch',
      `refused: ${address} does not have the sha256 that the signed package list gives ` +
        `(${wanted.sha256}). Try again later, or another mirror. ${said}`,
    );
  }
  const hint = kind === 'unreachable' ? '. Check the network; what has arrived is kept' : '';
  return new AptFailure(kind, `cannot download ${address}: ${said || 'apt gave no reason'}${hint}`);
}

/**
 * Appends what a partial file lacks. Apt resumes only where the server repeats a Last-Modified that
 * it sent before, which caches in between often do not; a plain range asks for less, and the hash
 * decides. Where it does not work, as behind a proxy that only apt knows of, apt takes over.
 */
async function fetchRest(download: Download): Promise<void> {
  const { address, path, wanted, signal } = download;
  const { sizeBytes } = wanted;
  const fromByte = await sizeOf(path);
  if (fromByte === 0 || fromByte >= sizeBytes) return;
  try {
    const headers = { Range: `bytes=${fromByte}-` };
    const response = await fetch(address, { headers, signal });
    const range = response.headers.get('content-range');
    if (response.body && range === `bytes ${fromByte}-${sizeBytes - 1}/${sizeBytes}`) {
      const file = createWriteStream(path, { flags: 'a' });
      await pipeline(Readable.fromWeb(response.body), file, { signal });
    } else await response.body?.cancel();
  } catch {
    signal.throwIfAborted();
  }
}

async function isWanted({ path, wanted, signal }: Download): Promise<boolean> {
  if ((await sizeOf(path)) !== wanted.sizeBytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex') === wanted.sha256;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
