// SPDX-License-Identifier: Apache-2.0
/** Bundles are the same bytes each time, whole or honest about it, and give the report again. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { analyseSweep } from '@labsweep/analysis';
import {
  type HostId,
  type KernelName,
  type LogEntry,
  type Sha256,
  sha256Of,
  type TrialEnded,
} from '@labsweep/proto';
import { recordOfLog } from '../record/record-of-log.js';
import { REPORT_FORMATS } from '../report-formats.js';
import { fetchSample, SAMPLE_ARTIFACTS, sampleLog } from '../testing/sample-log.js';
import { packArchive } from './pack-archive.js';
import { BUNDLE_LIMITS, readBundle } from './read-bundle.js';
import { unpackArchive } from './unpack-archive.js';
import { type BundleOptions, writeBundle } from './write-bundle.js';

async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-bundle-test-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function optionsFor(target: string, change: Partial<BundleOptions> = {}): BundleOptions {
  const artifactBytesMax = 2 ** 20;
  const fetch = fetchSample;
  const base = { log: sampleLog(), withKernels: false, folder: undefined, artifactBytesMax, fetch };
  return { ...base, target, ...change };
}

/** The same submission with its source named by an absolute path. */
function namingAbsolutely<Entry extends LogEntry>(entry: Entry): Entry {
  if (entry.type !== 'submitted') return entry;
  return { ...entry, specText: entry.specText.replace('"../src/toggle.c"', '"/src/toggle.c"') };
}

async function membersOf(archive: string): Promise<Map<string, string>> {
  const members = new Map<string, string>();
  for await (const { path, content } of unpackArchive(archive, BUNDLE_LIMITS)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    members.set(path, Buffer.concat(chunks).toString('utf8'));
  }
  return members;
}

test('a bundle written twice is the same bytes', async (context) => {
  const folder = await folderFor(context);
  const [one, other] = [join(folder, 'one.tar.gz'), join(folder, 'other.tar.gz')];
  const end = await writeBundle(optionsFor(one));
  await writeBundle(optionsFor(other));
  assert.deepEqual(await readFile(one), await readFile(other));
  assert.equal(end.sizeBytes, (await readFile(one)).length);
});

test('the order in which files come does not matter, nor do the times of the files', async (context) => {
  const folder = await folderFor(context);
  const paths = ['b/2', 'a', 'b/1', 'Z'];
  const files = [];
  for (const path of paths) {
    const source = join(folder, 'files', path);
    await mkdir(dirname(source), { recursive: true });
    await writeFile(source, path);
    files.push({ path, sizeBytes: path.length, source });
  }
  const archives: Buffer[] = [];
  for (const shuffled of [files, files.toReversed(), [...files.slice(2), ...files.slice(0, 2)]]) {
    const target = join(folder, 'packed.tar.gz');
    await packArchive({ target, root: 'r', files: shuffled, modifiedAtMs: 1_500_000_000_999 });
    archives.push(await readFile(target));
  }
  assert.deepEqual(archives[0], archives[1]);
  assert.deepEqual(archives[0], archives[2]);
  assert.deepEqual([...(await membersOf(join(folder, 'packed.tar.gz'))).keys()], paths.toSorted());
});

test('every format is the same from the bundle as from the sweep itself', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const log = sampleLog();
  await writeBundle(optionsFor(target, { log }));
  const [own, read] = [log, await readBundle(target)].map(recordOfLog);
  assert(own !== undefined && read !== undefined);
  assert.ok(REPORT_FORMATS.length >= 3);
  for (const { name, render } of REPORT_FORMATS) {
    const rendered = (record: typeof own) =>
      render({ record, report: analyseSweep(record), options: {} });
    assert.deepEqual(rendered(read), rendered(own), name);
  }
});

test('a bundle holds spec, source, binary and evidence, and the spec finds its files', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const { leftOut } = await writeBundle(optionsFor(target));
  const members = await membersOf(target);
  assert.equal(members.get('repeat/src/toggle.c'), 'source');
  assert.match(members.get('repeat/deep/sample.toml') ?? '', /source = "\.\.\/src\/toggle\.c"/);
  assert.equal(members.get('binaries/reproducer'), 'binary');
  assert.equal(members.get('serial/qemu-tcg-smp1-r2-new-a1.log'), 'console-2');
  assert.equal(members.get('kernels/old.config'), 'config');
  assert.equal(members.has('kernels/new.config'), false);
  assert.match(
    members.get('README.md') ?? '',
    /- old: .*configuration `kernels\/old\.config`.*\n- new: .*configuration not known/,
  );
  assert.equal(members.get('output/qemu-tcg-smp1-r2-new-a1.txt'), 'ns=202\n');
  assert.match(members.get('README.md') ?? '', /labsweep run repeat\/deep\/sample\.toml --seed 7/);
  const kernels = leftOut.map(({ path, kind }) => [path, kind]);
  assert.deepEqual(kernels, [
    ['repeat/old.img', 'choice'],
    ['repeat/new.img', 'choice'],
  ]);
  for (const line of (members.get('SHA256SUMS') ?? '').trimEnd().split('\n')) {
    const [sha256, path = ''] = line.split('  ');
    assert.equal(sha256Of(Buffer.from(members.get(path) ?? '')), sha256, path);
  }
});

test('kernel images go in when they are asked for, where the spec looks for them', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const { leftOut } = await writeBundle(optionsFor(target, { withKernels: true }));
  const members = await membersOf(target);
  assert.equal(members.get('repeat/old.img'), 'old');
  assert.deepEqual(leftOut, []);
  assert.match(members.get('README.md') ?? '', /Nothing of the sweep was left out/);
});

test('the README tells steps that work with what is in the bundle, and no others', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const readmeOf = async (change: Partial<BundleOptions>) => {
    await writeBundle(optionsFor(target, change));
    return (await membersOf(target)).get('README.md') ?? '';
  };
  const atAbsolute = { ...sampleLog(), entries: sampleLog().entries.map(namingAbsolutely) };
  const whole = await readmeOf({ log: atAbsolute, withKernels: true });
  assert.match(whole, /\| `binaries\/reproducer` \| the one binary/);
  assert.match(whole, /\| `kernels\/` \| /);
  assert.match(
    whole,
    /Copy first:\n\n(- .*\n)*- `repeat\/absolute\/src\/toggle\.c` to `\/src\/toggle\.c`\n/,
  );
  assert.match(whole, /`binaries\/reproducer` is the one that ran/);
  assert.doesNotMatch(whole, /it is not in here/);
  // No `audit/`, since the sweep has none.
  assert.doesNotMatch(whole, /`audit\/`|`attribution\/`/);
  const fetch = () => Promise.reject(new Error('the lab is gone'));
  const bare = await readmeOf({ log: atAbsolute, fetch });
  const steps = bare.slice(bare.indexOf('## Check it'));
  assert.doesNotMatch(bare, /\| `binaries\/reproducer`|\| `kernels\/`|\| `serial\/`/);
  assert.doesNotMatch(steps, /binaries\/reproducer|Copy first/);
  const source = sha256Of(Buffer.from('source'));
  assert.match(
    steps,
    new RegExp(`it is not in here.*:\\n\\n(- .*\\n)*- \`/src/toggle\\.c\`, sha256 ${source}\\n`),
  );
  assert.match(steps, /(- .*\n)*- `repeat\/old\.img`, sha256 [0-9a-f]{64}\n/);
});

test('what is too big or cannot be had is named in manifest and README', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const gone = sha256Of(Buffer.from('source'));
  const fetch = async (sha256: Sha256) => {
    if (sha256 === gone) throw new Error('the lab has no such artifact');
    return fetchSample(sha256);
  };
  const { leftOut } = await writeBundle(optionsFor(target, { fetch, artifactBytesMax: 8 }));
  const lacks = leftOut.filter(({ kind }) => kind === 'lack');
  assert.deepEqual(lacks.map(({ path, reason }) => `${path}: ${reason}`).toSorted(), [
    'repeat/src/toggle.c: it cannot be had: the lab has no such artifact',
    ...['r1-new', 'r1-old', 'r2-new', 'r2-old'].map(
      (trial) => `serial/qemu-tcg-smp1-${trial}-a1.log: 9 bytes, more than 8`,
    ),
  ]);
  const members = await membersOf(target);
  for (const { path } of lacks) {
    assert.equal(members.has(path), false);
    for (const file of ['README.md', 'MANIFEST.json']) {
      assert.ok(members.get(file)?.includes(path), `${file} names ${path}`);
    }
  }
});

test('a file in the folder that was changed since is not taken for the evidence', async (context) => {
  const folder = await folderFor(context);
  await mkdir(join(folder, 'serial'));
  await writeFile(join(folder, 'serial/qemu-tcg-smp1-r1-old-a1.log'), 'edited by somebody');
  const target = join(folder, 'b.tar.gz');
  await writeBundle(optionsFor(target, { folder }));
  const members = await membersOf(target);
  assert.equal(members.get('serial/qemu-tcg-smp1-r1-old-a1.log'), 'console-1');
});

test('two hosts that ran an attempt of one number keep their evidence apart', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const log = sampleLog();
  const first = log.entries.find((entry): entry is TrialEnded => entry.type === 'trial-ended');
  assert(first !== undefined);
  const console2 = [...SAMPLE_ARTIFACTS.keys()].at(-1) as Sha256;
  const host = 'host-2' as HostId;
  const again: TrialEnded = { ...first, host, evidence: { console: console2 } };
  await writeBundle(optionsFor(target, { log: { ...log, entries: [...log.entries, again] } }));
  const members = await membersOf(target);
  assert.equal(members.get('serial/qemu-tcg-smp1-r1-old-a1-host-1.log'), 'console-1');
  assert.equal(members.get('serial/qemu-tcg-smp1-r1-old-a1-host-2.log'), 'console-2');
  assert.equal((await readBundle(target)).entries.length, log.entries.length + 1);
});

test('a kernel that was added later is named and repeated apart from the spec', async (context) => {
  const target = join(await folderFor(context), 'b.tar.gz');
  const log = sampleLog();
  const kernel = {
    name: 'late' as KernelName,
    source: 'file:../../elsewhere/late.img',
    image: { sha256: sha256Of(Buffer.from('new')), sizeBytes: 3, release: '6.2-late' },
  };
  const added: LogEntry = {
    type: 'commanded',
    sweep: log.sweep,
    id: 'c1',
    atMs: 1_780_000_100_000,
    by: 'tester',
    command: { kind: 'add-kernel', kernel },
  };
  const entries = [...log.entries.slice(0, 2), added, ...log.entries.slice(2)];
  await writeBundle(optionsFor(target, { log: { ...log, entries }, withKernels: true }));
  const members = await membersOf(target);
  assert.equal(members.get('kernels/late.vmlinuz'), 'new');
  const readme = members.get('README.md') ?? '';
  assert.match(readme, /labsweep add SWEEP --kernel late=file:kernels\/late\.vmlinuz/);
  assert.match(readme, /What was asked after the submission/);
  // The submission stands in the record as it was, and the command adds its kernel once.
  const names = recordOfLog(await readBundle(target)).submitted.kernels.map(({ name }) => name);
  assert.deepEqual(names, ['old', 'new', 'late']);
});
