// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: only bytes that the sweep was submitted with are stored anew, and the user is told of all
 * others. Method: a store in memory that has lost what the test says.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type KernelName,
  LabsweepError,
  type Sha256,
  sha256Of,
  UsageError,
  type WorkloadFile,
} from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { type Sources, storeAnew } from './store-anew.js';

const [PROGRAM, DATA, IMAGE, CONFIG] = ['program', 'data', 'image', 'config'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer, Buffer];
const ALL = [PROGRAM, DATA, IMAGE, CONFIG];

const kernel = {
  name: 'v6.1' as KernelName,
  source: 'file:bzImage',
  image: { sha256: sha256Of(IMAGE), sizeBytes: 5, release: '6.1.0' },
  config: { sha256: sha256Of(CONFIG), sizeBytes: 6 },
};
const files: readonly WorkloadFile[] = [{ name: 'data', sha256: sha256Of(DATA) }];
const workload = { sha256: sha256Of(PROGRAM), compiler: 'gcc 12.2.0', files };
const sweep = { submitted: { workload }, kernels: [kernel] } as unknown as SweepState;

const SOURCES: Sources = {
  program: async () => PROGRAM,
  file: async () => DATA,
  kernel: async () => ({ image: IMAGE, config: CONFIG }),
};

/** Of a store that has lost these; returns what was put, and what the user was told. */
async function mended(lost: readonly Buffer[], sources: Partial<Sources> = {}) {
  const put: string[] = [];
  const told: string[] = [];
  const gone = new Set<Sha256>(lost.map((bytes) => sha256Of(bytes)));
  const artifacts = {
    defect: async (sha256: Sha256) => (gone.has(sha256) ? 'is damaged' : undefined),
    put: async (bytes: Uint8Array) => {
      put.push(Buffer.from(bytes).toString());
      return sha256Of(bytes);
    },
  };
  const onProgress = (line: string) => void told.push(line.replaceAll(/[0-9a-f]{64}/g, 'X'));
  await storeAnew(sweep, { artifacts, sources: { ...SOURCES, ...sources }, onProgress });
  return { put, told };
}

test('nothing is got again while nothing is lost', async () => {
  const never = async () => assert.fail('nobody needs it');
  const sources = { program: never, file: never, kernel: never };
  assert.deepEqual(await mended([], sources), { put: [], told: [] });
});

test('whatever is lost is stored anew, and told', async () => {
  const { put, told } = await mended(ALL);
  assert.deepEqual(put, ['program', 'data', 'image', 'config']);
  assert.deepEqual(told, [
    'the program, as compiled by gcc 12.2.0: artifact X is damaged; it is stored anew',
    'the file data: artifact X is damaged; it is stored anew',
    'kernel v6.1 (file:bzImage): artifact X is damaged; it is stored anew',
    'kernel v6.1 (file:bzImage): artifact X is damaged; it is stored anew',
  ]);
});

test('what is another one by now is not stored, and the rest is', async () => {
  const sources = { program: async () => Buffer.from('another program') };
  const { put, told } = await mended([PROGRAM, IMAGE], sources);
  assert.deepEqual(put, ['image']);
  assert.match(
    told[0] ?? '',
    /^the program, .*: artifact X is damaged, and what is there now is another one than the sweep was submitted with; .* --fresh$/,
  );
});

test('a broker that does not answer keeps nobody from the sweep', async () => {
  const told: string[] = [];
  const away = async () => {
    throw new LabsweepError('artifact X cannot be read: nats-server does not answer');
  };
  const onProgress = (line: string) => void told.push(line);
  const artifacts = { defect: away, put: away };
  await storeAnew(sweep, { artifacts, sources: SOURCES, onProgress });
  assert.deepEqual(told, [
    'not looked for what the store may have lost: ' +
      'artifact X cannot be read: nats-server does not answer',
  ]);
});

test('what cannot be had again is told with its reason, and any other error is a defect', async () => {
  const gone = async () => {
    throw new UsageError('sweep.toml: bzImage was not sent along with the spec');
  };
  const { put, told } = await mended([DATA, IMAGE], { kernel: gone });
  assert.deepEqual(put, ['data']);
  assert.match(
    told[1] ?? '',
    /^kernel v6.1 .* is damaged, and it cannot be had again: sweep.toml: bzImage was/,
  );
  const broken = async () => {
    throw new TypeError('a defect');
  };
  await assert.rejects(mended([DATA], { file: broken }), /a defect/);
});
