// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sha256Of } from '@labsweep/proto';
import { FILES_BYTES_MAX, resolveFiles } from './workload-files.js';

const SPEC = { path: 's.toml', text: 'files = { a = "data/a", b = "data/b" }\n' };

test('Files are pinned by name and sha256, in the order of the spec.', async () => {
  const files = await resolveFiles({ files: { b: 'data/b', a: 'data/a' } }, SPEC, async (path) =>
    Buffer.from(path),
  );
  assert.deepEqual(files, [
    { name: 'b', sha256: sha256Of(Buffer.from('data/b')) },
    { name: 'a', sha256: sha256Of(Buffer.from('data/a')) },
  ]);
});

test('Files that are too large together are refused with the place of the one too many.', async () => {
  const half = new Uint8Array(FILES_BYTES_MAX / 2 + 1);
  await assert.rejects(
    resolveFiles({ files: { a: 'data/a', b: 'data/b' } }, SPEC, async () => half),
    /^UsageError: s\.toml:1:30: the files of the workload have more than 64 MiB together/,
  );
});
