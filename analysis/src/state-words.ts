// SPDX-License-Identifier: Apache-2.0
/**
 * The words for what is known of a workload's memory, by the key under which an audit or a result
 * line tells it, and which keys stop a comparison. It compares nothing.
 */

/** What an audit, or a result line, could not see. */
export const NOT_SEEN = 'absent';

interface FieldWords {
  /** As the kernel itself names it, where it does. */
  readonly words: string;
  readonly unit: string;
}

const FIELDS: Readonly<Record<string, FieldWords>> = {
  mappings: { words: 'mappings', unit: '' },
  vma_count: { words: 'VMA count', unit: '' },
  kind: { words: 'kind', unit: '' },
  permissions: { words: 'permissions', unit: '' },
  size_kb: { words: 'Size', unit: 'kB' },
  kernel_page_size_kb: { words: 'KernelPageSize', unit: 'kB' },
  mmu_page_size_kb: { words: 'MMUPageSize', unit: 'kB' },
  rss_kb: { words: 'Rss', unit: 'kB' },
  anonymous_kb: { words: 'Anonymous', unit: 'kB' },
  dirty_kb: { words: 'dirty pages', unit: 'kB' },
  lazy_free_kb: { words: 'LazyFree', unit: 'kB' },
  locked_kb: { words: 'Locked', unit: 'kB' },
  anon_huge_pages_kb: { words: 'AnonHugePages', unit: 'kB' },
  shmem_pmd_mapped_kb: { words: 'ShmemPmdMapped', unit: 'kB' },
  thp_eligible: { words: 'THPeligible', unit: '' },
  swap_kb: { words: 'Swap', unit: 'kB' },
  present_pages: { words: 'pages present', unit: '' },
  pages_present: { words: 'pages present', unit: '' },
};

/**
 * Differ without a comparison being in doubt. THPeligible says what the kernel would be allowed to
 * do; its meaning changed between releases (from 6.8 on it counts every folio size). Huge pages
 * that are really there show in AnonHugePages, ShmemPmdMapped and the page sizes.
 */
const NOTED_ONLY: ReadonlySet<string> = new Set(['thp_eligible']);

/** The fields that our reproducers print with `_before` and `_after` on their result lines. */
const PRINTED: ReadonlySet<string> = new Set([
  'vma_count',
  'kernel_page_size_kb',
  'mmu_page_size_kb',
  'anon_huge_pages_kb',
  'shmem_pmd_mapped_kb',
  'thp_eligible',
  'pages_present',
]);

interface KeyParts {
  readonly field: string;
  /** `of mapping 1`, `before` or nothing. */
  readonly place: string;
}

/** Whether a result line tells the workload's state under this key. */
export function isPrintedState(key: string): boolean {
  const { field, place } = partsOf(key);
  return PRINTED.has(field) && (place === 'before' || place === 'after');
}

/** Whether kernels that differ in this key must not be compared. */
export function stopsComparison(key: string): boolean {
  return !NOTED_ONLY.has(partsOf(key).field);
}

/** `AnonHugePages of mapping 1` for `mapping1.anon_huge_pages_kb`; an unknown key as it is. */
export function wordsOfKey(key: string): string {
  const { field, place } = partsOf(key);
  const known = FIELDS[field];
  if (known === undefined) return key;
  return place === '' ? known.words : `${known.words} ${place}`;
}

/** `mapping 1` and `AnonHugePages` for `mapping1.anon_huge_pages_kb`; undefined for other keys. */
export function mappingOfKey(key: string): { mapping: string; words: string } | undefined {
  const { field, place } = partsOf(key);
  if (!place.startsWith('of ')) return undefined;
  return { mapping: place.slice('of '.length), words: FIELDS[field]?.words ?? field };
}

/** `0 kB`, or the bare value where the key has no unit. */
export function stateText(key: string, value: string): string {
  const unit = FIELDS[partsOf(key).field]?.unit ?? '';
  return unit === '' || value === NOT_SEEN ? value : `${value} ${unit}`;
}

function partsOf(key: string): KeyParts {
  const mapping = /^mapping(\d+)\.(.+)$/.exec(key);
  if (mapping !== null) return { field: mapping[2] ?? '', place: `of mapping ${mapping[1]}` };
  const printed = /^(.+)_(before|after)$/.exec(key);
  if (printed !== null) return { field: printed[1] ?? '', place: printed[2] ?? '' };
  return { field: key, place: '' };
}
