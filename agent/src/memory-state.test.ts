// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMemoryState } from './memory-state.js';

/** One mapping as smaps writes it, shortened to what counts. */
function smaps(header: string, fields: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value.padStart(16)}`);
  return [header, ...lines, 'VmFlags: rd wr sh mr mw me ms sd '];
}

const SIZES = { Size: '65536 kB', KernelPageSize: '4 kB', MMUPageSize: '4 kB', Rss: '65536 kB' };
const PAGES = {
  Shared_Dirty: '8 kB',
  Private_Dirty: '65520 kB',
  Referenced: '12 kB',
  Anonymous: '65528 kB',
  LazyFree: '4 kB',
  Locked: '16 kB',
};
const HUGE = {
  AnonHugePages: '0 kB',
  ShmemPmdMapped: '2048 kB',
  Swap: '8 kB',
  THPeligible: '1',
};
const SHARED = '7f5c04200000-7f5c08200000 rw-s 00000000 00:01 1042';

const DUMP = [
  '== smaps',
  ...smaps('00400000-00401000 r-xp 00000000 00:02 12      /labsweep/reproducer', {
    Size: '4 kB',
  }),
  ...smaps('00600000-00900000 rw-p 00000000 00:00 0      [heap]', { Size: '3072 kB' }),
  ...smaps(`${SHARED}     /dev/zero (deleted)`, { ...SIZES, ...PAGES, ...HUGE }),
  ...smaps('7f5c09000000-7f5c09200000 rw-p 00000000 00:00 0 ', { Size: '2048 kB' }),
  ...smaps('7ffc7b000000-7ffc7b800000 rw-p 00000000 00:00 0      [stack]', { Size: '8192 kB' }),
  '== pagemap',
  '400000-401000 pages=1 present=1 swapped=0',
  '7f5c04200000-7f5c08200000 pages=16384 present=16382 swapped=2 anon=0',
  'ffffffffff600000-ffffffffff601000 pages=1 skipped=unreadable',
  '== vmstat',
  'pgfault 1234',
];

test('the mappings of the workload are told in their order, without their addresses', () => {
  const state = readMemoryState(DUMP);
  assert.equal(state.mappings, '3');
  const second = Object.entries(state).filter(([name]) => name.startsWith('mapping2.'));
  assert.deepEqual(Object.fromEntries(second), {
    'mapping2.kind': 'shared-anonymous',
    'mapping2.permissions': 'rw-s',
    'mapping2.size_kb': '65536',
    'mapping2.kernel_page_size_kb': '4',
    'mapping2.mmu_page_size_kb': '4',
    'mapping2.rss_kb': '65536',
    'mapping2.anonymous_kb': '65528',
    'mapping2.dirty_kb': '65528',
    'mapping2.lazy_free_kb': '4',
    'mapping2.locked_kb': '16',
    'mapping2.anon_huge_pages_kb': '0',
    'mapping2.shmem_pmd_mapped_kb': '2048',
    'mapping2.thp_eligible': '1',
    'mapping2.swap_kb': '8',
    'mapping2.present_pages': '16382',
  });
  assert.equal(state['mapping1.kind'], 'heap');
  assert.equal(state['mapping3.kind'], 'private-anonymous');
  assert.equal(JSON.stringify(state).includes('7f5c04200000'), false);
});

test('what a kernel does not tell reads absent', () => {
  const state = readMemoryState(DUMP);
  assert.equal(state['mapping3.thp_eligible'], 'absent');
  assert.equal(state['mapping3.present_pages'], 'absent');
  assert.equal(state['mapping3.dirty_kb'], 'absent');
});

test('what only the workload can have made counts whatever its size, malloc does not', () => {
  const small = (permissions: string, name: string) =>
    smaps(`7f5c04200000-7f5c04201000 ${permissions} 00000000 00:01 1042 ${name}`, { Size: '4 kB' });
  const kinds = [...small('rw-s', '/dev/zero (deleted)'), ...small('rw-p', '/anon_hugepage')];
  const state = readMemoryState([
    '== smaps',
    ...kinds,
    ...small('rw-p', ''),
    ...small('r--p', 'f'),
  ]);
  assert.equal(state.mappings, '2');
  assert.equal(state['mapping1.kind'], 'shared-anonymous');
  assert.equal(state['mapping2.kind'], 'private-huge');
});

test('the same memory at other addresses has the same state', () => {
  const moved = DUMP.map((line) => line.replace(/7f5c/g, '7fff'));
  assert.deepEqual(readMemoryState(moved), readMemoryState(DUMP));
});

test('kinds are told by name and permission', () => {
  const kinds = [
    ['rw-p', '/anon_hugepage (deleted)', 'private-huge'],
    ['rw-s', '/anon_hugepage (deleted)', 'shared-huge'],
    ['rw-p', '[anon:stack of a thread]', 'private-anonymous'],
    ['rw-s', '[anon_shmem:mine]', 'shared-anonymous'],
    ['r--p', '/labsweep/work/data', 'file'],
  ] as const;
  for (const [permissions, name, kind] of kinds) {
    const header = `7f5c04200000-7f5c08200000 ${permissions} 00000000 00:01 1042     ${name}`;
    const state = readMemoryState(['== smaps', ...smaps(header, SIZES)]);
    assert.equal(state['mapping1.kind'], kind, name);
  }
});

test('of very many mappings all are counted and the first 64 are told', () => {
  const many = Array.from({ length: 200 }, () => smaps(`${SHARED} /dev/zero (deleted)`, SIZES));
  const state = readMemoryState(['== smaps', ...many.flat()]);
  assert.equal(state.mappings, '200');
  assert.ok('mapping64.kind' in state);
  assert.equal('mapping65.kind' in state, false);
});

test('an empty or unreadable dump has no mappings', () => {
  assert.deepEqual(readMemoryState([]), { mappings: '0' });
  assert.deepEqual(readMemoryState(['== smaps', 'absent']), { mappings: '0' });
});
