// SPDX-License-Identifier: Apache-2.0
/**
 * Puts together what a guest of a trial boots into, from artifacts that lie on this host. The last
 * ones stay in memory, since the trials of a block differ in their kernel only.
 */
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type GuestProgram, guestInitramfs } from './guest-initramfs.js';
import type { TrialOrder } from './runner.js';

export interface ImageRequest {
  readonly initPath: string;
  readonly order: Pick<TrialOrder, 'workload' | 'purpose' | 'functions'>;
  readonly hasExitPort: boolean;
  readonly isCompressed: boolean;
  /** The programs that watch a reproducer, for audit and attribution trials. */
  readonly auditPath: string;
  readonly attributionPath: string;
}

/** A timing, an audit and an attribution image of one workload, and one of the workload before. */
const IMAGES_MAX = 4;

export class GuestImages {
  readonly #images = new Map<string, Uint8Array>();

  /** The bytes of the initramfs. Rejects with the path of the file that is missing. */
  async image(request: ImageRequest): Promise<Uint8Array> {
    const key = JSON.stringify([request, await identify(request)]);
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const image = await makeImage(request);
    this.#images.set(key, image);
    for (const old of [...this.#images.keys()].slice(0, -IMAGES_MAX)) this.#images.delete(old);
    return image;
  }
}

/** A program that was built anew under its old name is another one. */
async function identify(request: ImageRequest): Promise<string[]> {
  const stats = pathsOf(request).map(async (path) => {
    const { dev, ino, size, mtimeMs } = await stat(path);
    // Artifacts are named by their content, and have the time of their last use.
    const isArtifact = /\/[0-9a-f]{64}$/.test(path);
    return [dev, ino, size, isArtifact ? 0 : mtimeMs].join(' ');
  });
  return Promise.all(stats);
}

function pathsOf(request: ImageRequest): string[] {
  const { workload } = request.order;
  const supervisor = supervisorOf(request);
  return [
    request.initPath,
    workload.binaryPath,
    ...workload.files.map(({ path }) => path),
    ...(supervisor === undefined ? [] : [supervisor.path]),
  ];
}

/** The files are where the init looks for them. */
function supervisorOf({ order, auditPath, attributionPath }: ImageRequest) {
  switch (order.purpose) {
    case 'timing':
      return undefined;
    case 'audit':
      return { path: auditPath, arguments: ['/tmp/state'] };
    case 'attribution':
      return { path: attributionPath, arguments: ['/tmp/profile', order.functions.join(',')] };
  }
}

async function makeImage(request: ImageRequest): Promise<Uint8Array> {
  const { initPath, hasExitPort } = request;
  const init = await readFile(initPath);
  const image = guestInitramfs({ init, hasExitPort, program: await readProgram(request) });
  return request.isCompressed ? promisify(gzip)(image) : image;
}

async function readProgram(request: ImageRequest): Promise<GuestProgram> {
  const { workload } = request.order;
  const supervisor = supervisorOf(request);
  const files = [];
  for (const { name, path } of workload.files) files.push({ name, bytes: await readFile(path) });
  return {
    binary: await readFile(workload.binaryPath),
    arguments: workload.arguments,
    variables: workload.variables,
    files,
    ...(supervisor !== undefined && {
      supervisor: {
        binary: await readFile(supervisor.path),
        arguments: supervisor.arguments,
      },
    }),
  };
}
