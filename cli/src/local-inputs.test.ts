// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UsageError } from '@labsweep/proto';
import { hashesOf, readInputs } from './local-inputs.js';

function writeSpec(context: TestContext): {
  path: string;
  write(name: string, text: string): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-inputs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('toggle.c', 'int main(void) { return 0; }\n');
  write('input.txt', 'one\n');
  write(
    'sweep.toml',
    `name = "files"
repetitions = 1
[kernels]
running = "host"
[workload]
source = "toggle.c"
files = { "data.txt" = "input.txt" }
[workload.metrics]
ns = { unit = "ns", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
`,
  );
  return { path: join(folder, 'sweep.toml'), write };
}

test('Files of the workload travel beside its source, by their path in the spec.', async (context) => {
  const { files } = await readInputs(writeSpec(context).path);
  assert.deepEqual(Object.keys(hashesOf(files)), ['toggle.c', 'input.txt']);
  assert.equal(Buffer.from(files.get('input.txt') ?? []).toString(), 'one\n');
});

test('Another content of a file is another sweep.', async (context) => {
  const { path, write } = writeSpec(context);
  const first = await readInputs(path);
  assert.equal((await readInputs(path)).sweepBase, first.sweepBase);
  write('input.txt', 'two\n');
  assert.notEqual((await readInputs(path)).sweepBase, first.sweepBase);
});

test('A file that is not there is told with its place in the spec.', async (context) => {
  const { path, write } = writeSpec(context);
  rmSync(join(path, '../input.txt'));
  write('other.txt', '');
  await assert.rejects(readInputs(path), (error) => {
    assert(error instanceof UsageError);
    assert.match(error.message, /sweep\.toml:7:25: cannot read .*input\.txt: no such file/);
    return true;
  });
});

test('A configuration beside an image travels along, and makes no other sweep.', async (context) => {
  const { path, write } = writeSpec(context);
  write('vmlinuz-6.17.1', 'an image\n');
  const spec = readFileSync(path, 'utf8').replace('"host"', '"file:vmlinuz-6.17.1"');
  write('sweep.toml', spec.replace('"native"', '"qemu"'));
  const alone = await readInputs(path);
  assert.deepEqual([...alone.files.keys()], ['toggle.c', 'input.txt', 'vmlinuz-6.17.1']);
  write('config-6.17.1', 'CONFIG_A=y\n');
  const beside = await readInputs(path);
  assert.equal(String(beside.files.get('config-6.17.1')), 'CONFIG_A=y\n');
  assert.equal(beside.sweepBase, alone.sweepBase);
});
