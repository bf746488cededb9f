// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: one reproducible static binary, or the compiler's words about the user's file. Method: real
 * gcc.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Of } from '@labsweep/proto';
import { runCommand } from './command.js';
import { compileWorkload } from './compile-workload.js';

const PROGRAM = `#include <assert.h>
#include <stdio.h>
int main(int argc, char **argv)
{
  assert(argc > 0);
  printf("%s %s %s\\n", __FILE__, __DATE__, argc > 1 ? argv[1] : "none");
  return 0;
}
`;

async function withCaches(body: (directories: readonly string[]) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-workload-'));
  const directories = ['first', 'second'].map((name) => join(directory, name));
  await body(directories).finally(() => rm(directory, { recursive: true, force: true }));
}

async function compile(text: string, cacheDirectory = '', fileName = 'src/bench.c') {
  const lines: string[] = [];
  const result = await compileWorkload({
    source: Buffer.from(text),
    fileName,
    cacheDirectory,
    signal: new AbortController().signal,
    onProgress: (line) => lines.push(line),
  });
  return { ...result, lines };
}

test('two compilations in different places under different names give the same bytes', async () => {
  await withCaches(async ([first, second]) => {
    const left = await compile(PROGRAM, first, 'a/left.c');
    const right = await compile(PROGRAM, second, '/elsewhere/right.c');
    assert.deepEqual(left.lines, ['compiling a/left.c']);
    assert.deepEqual(right.lines, ['compiling /elsewhere/right.c']);
    assert.equal(left.workload.sha256, sha256Of(left.binary));
    assert.equal(right.workload.sha256, left.workload.sha256);
    assert.ok(!Buffer.from(left.binary).includes('left.c'));
    assert.ok(!Buffer.from(left.binary).includes(`${tmpdir()}/labsweep`));
  });
});

test('what was compiled is recorded, and runs', async () => {
  await withCaches(async ([cache = '']) => {
    const { binary, workload } = await compile(PROGRAM, cache);
    assert.match(workload.compiler, /^gcc .*\d+\.\d+/);
    assert.deepEqual(workload.flags.slice(0, 4), ['-O2', '-std=gnu11', '-static', '-Wall']);
    assert.equal(workload.sourceSha256, sha256Of(PROGRAM));
    assert.equal(workload.sizeBytes, binary.length);
    const path = join(cache, 'program');
    await writeFile(path, binary, { mode: 0o755 });
    const { signal } = new AbortController();
    const { stdout } = await runCommand(path, ['word'], { signal });
    assert.equal(stdout, 'labsweep-reproducer.c Jan  1 1970 word\n');
  });
});

test('the second time it comes from the cache, unless the cache was altered', async () => {
  await withCaches(async ([cache = '']) => {
    const first = await compile(PROGRAM, cache);
    const second = await compile(PROGRAM, cache);
    assert.deepEqual(second.lines, ['src/bench.c from cache']);
    assert.deepEqual(second.workload, first.workload);
    await writeFile(join(cache, 'workloads', first.workload.sha256), 'altered');
    const third = await compile(PROGRAM, cache);
    assert.deepEqual(third.lines, ['compiling src/bench.c']);
    assert.deepEqual(third.workload, first.workload);
  });
});

test('an error is told with the name and line of the user’s file', async () => {
  await withCaches(async ([cache]) => {
    const broken = 'int main(void)\n{\n  return missing;\n}\n';
    await assert.rejects(compile(broken, cache), {
      name: 'UsageError',
      message:
        /^src\/bench\.c does not compile:\n[\s\S]*src\/bench\.c:3:10: error: 'missing' undeclared/,
    });
    await assert.rejects(compile('#include "mine.h"\n', cache), /Only this one file is compiled/);
    await assert.rejects(compile('int helper(void);\n', cache), /undefined reference to .main/);
  });
});

test('warnings are passed on and do not fail the submission', async () => {
  await withCaches(async ([cache]) => {
    const { lines } = await compile('int main(void) { int unused; return 0; }\n', cache);
    assert.match(lines.join('\n'), /src\/bench\.c:1:\d+: warning: unused variable/);
  });
});
