// SPDX-License-Identifier: Apache-2.0
/** Bundles that were damaged, cut off, or made to do harm: each is refused by name. */
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { sha256Of, UsageError } from '@labsweep/proto';
import { type Headers, pack } from 'tar-stream';
import { fetchSample, sampleLog } from '../testing/sample-log.js';
import { BUNDLE_LIMITS, readBundle } from './read-bundle.js';
import { writeBundle } from './write-bundle.js';

async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-hostile-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function goodBundle(context: TestContext): Promise<string> {
  const target = join(await folderFor(context), 'good.tar.gz');
  const log = sampleLog();
  const rest = { withKernels: false, folder: undefined, artifactBytesMax: 2 ** 20 };
  await writeBundle({ log, target, ...rest, fetch: fetchSample });
  return target;
}

type Member = readonly [Headers, string];

/** An archive of exactly these members, whatever they are. */
async function archiveOf(context: TestContext, members: readonly Member[]): Promise<string> {
  const path = join(await folderFor(context), 'hostile.tar.gz');
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(path));
  for (const [header, content] of members) archive.entry(header, content);
  archive.finalize();
  await written;
  return path;
}

function manifestOf(members: readonly { path: string; content: string }[], change = {}): Member {
  const listed = members.map(({ path, content }) => ({
    path,
    sizeBytes: content.length,
    sha256: sha256Of(Buffer.from(content)),
  }));
  const base = { schema: 'labsweep-bundle/1', sweep: 's-1', state: 'finished', seed: 1 };
  const text = JSON.stringify({ ...base, members: listed, leftOut: [], ...change });
  return [{ name: 's-1/MANIFEST.json' }, text];
}

async function refused(path: string, words: RegExp, limits = BUNDLE_LIMITS): Promise<void> {
  await assert.rejects(readBundle(path, limits), (error) => {
    assert(error instanceof UsageError, String(error));
    assert.match(error.message, words);
    assert.ok(error.message.startsWith(path), error.message);
    return true;
  });
}

test('the good bundle of these tests is good', async (context) => {
  assert.equal((await readBundle(await goodBundle(context))).sweep, 'sample-1a2b3c4d');
});

test('members whose names lead elsewhere are refused', async (context) => {
  const names = [
    ['../evil', /the component '\.\.'/],
    ['s-1/../../evil', /the component '\.\.'/],
    ['/etc/passwd', /an absolute path/],
    ['s-1//double', /the component ''/],
    ['s-1/a\\b', /a backslash or a control character/],
    ['loose', /is in no folder/],
  ] as const;
  for (const [name, words] of names) {
    await refused(await archiveOf(context, [[{ name }, 'x']]), words);
  }
});

test('links and devices are refused', async (context) => {
  for (const type of ['symlink', 'link', 'directory', 'fifo', 'character-device'] as const) {
    const header = { name: 's-1/a', type, linkname: '/etc/passwd', size: 0 };
    await refused(await archiveOf(context, [[header, '']]), /only files belong/);
  }
});

test('a name in the manifest that leads elsewhere is refused', async (context) => {
  const manifest = manifestOf([{ path: '../evil', content: 'x' }]);
  await refused(await archiveOf(context, [manifest]), /members\.0\.path: not a path of a member/);
});

test('a member that is not listed, listed twice or in the wrong place is refused', async (context) => {
  const [a, b] = [
    { path: 'a', content: '1' },
    { path: 'b', content: '2' },
  ];
  const member = ({ path, content }: typeof a): Member => [{ name: `s-1/${path}` }, content];
  const cases = [
    [[manifestOf([a]), member(a), member(b)], /s-1\/b is not in the manifest/],
    [[manifestOf([a, b]), member(b), member(a)], /s-1\/b is not in its place, where a should be/],
    [[manifestOf([a, b]), member(a), member(a)], /s-1\/a is not in its place, where b should be/],
    [[manifestOf([a, b]), member(a)], /cut off before b/],
    [[manifestOf([b, a])], /a stands there twice, or out of order/],
    [[member(a)], /first member is a, not MANIFEST\.json/],
    [[manifestOf([a]), member({ ...a, content: '9' })], /a is not what the manifest says/],
    [[manifestOf([a]), [{ name: 's-2/a' }, '1']], /s-2\/a is not in its place/],
    [[manifestOf([a]), member(a)], /there is no record\.jsonl/],
    [[], /the bundle is empty/],
  ] as readonly (readonly [Member[], RegExp])[];
  for (const [members, words] of cases) await refused(await archiveOf(context, members), words);
});

test('a bundle of another schema says which one this labsweep reads', async (context) => {
  const manifest = manifestOf([], { schema: 'labsweep-bundle/2' });
  await refused(
    await archiveOf(context, [manifest]),
    /the schema is "labsweep-bundle\/2"; this labsweep reads labsweep-bundle\/1/,
  );
});

test('sizes are limited before anything is read', async (context) => {
  const path = await goodBundle(context);
  const limits = (change: Partial<typeof BUNDLE_LIMITS>) => ({ ...BUNDLE_LIMITS, ...change });
  await refused(path, /more than 3 members/, limits({ membersMax: 3 }));
  await refused(path, /has \d+ bytes; 100 is most/, limits({ memberBytesMax: 100 }));
  await refused(path, /more than 5000 bytes when unpacked/, limits({ totalBytesMax: 5000 }));
});

test('a few bytes that unpack to a header of gigabytes are refused early', async (context) => {
  // A pax header is kept in memory by whoever reads tar; this one claims and holds 64 MiB.
  const size = 64 * 2 ** 20;
  const header = Buffer.alloc(512);
  header.write('pax', 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('x', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const path = join(await folderFor(context), 'bomb.tar.gz');
  await writeFile(path, gzipSync(Buffer.concat([header, Buffer.alloc(size)])));
  assert.ok((await readFile(path)).length < 2 ** 17);
  await refused(path, /a header claims more than a header may hold/);
});

test('a changed byte is found, wherever it is', async (context) => {
  const path = await goodBundle(context);
  const unpacked = gunzipSync(await readFile(path));
  const places = ['ns=202', 'console-2', 'trial-ended', '"seed": 7'].map((text) =>
    unpacked.indexOf(text),
  );
  for (const place of places) {
    assert.ok(place > 0);
    const changed = Buffer.from(unpacked);
    changed[place] = (changed[place] ?? 0) ^ 1;
    await writeFile(path, gzipSync(changed));
    await assert.rejects(readBundle(path), UsageError, `byte ${place}`);
  }
});

test('a bundle that is cut off anywhere is damaged, and so is noise', async (context) => {
  const path = await goodBundle(context);
  const bytes = await readFile(path);
  for (const length of [10, 100, bytes.length >> 1, bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, length));
    await refused(path, /damaged|cut off|empty/);
  }
  await writeFile(path, 'kernel,metric,value\n');
  await refused(path, /this is no bundle: it is not compressed by gzip/);
  await refused(join(path, '..', 'absent.tar.gz'), /no such file/);
});
