// SPDX-License-Identifier: Apache-2.0
/**
 * Draws from the dump of an audit what can be compared across kernels: the mappings of the
 * workload, in the order of their addresses but without them. It judges nothing.
 */

export type MemoryState = Readonly<Record<string, string>>;

/**
 * Smaller private mappings belong to the C library; they differ by its whim, and cost no time. What
 * is shared or made of huge pages no C library makes, so it counts whatever its size.
 */
const MAPPING_KB_MIN = 1024;
const OWN_KINDS = ['shared-anonymous', 'shared-huge', 'private-huge'];
/** Beyond so many only their number is told; a workload that splits its memory has thousands. */
const MAPPINGS_MAX = 64;

const ABSENT = 'absent';

/**
 * Of smaps, by the names that the facts have; of several fields the sum. All of them follow from
 * what the workload did. Left out is what time, options of the build or bookkeeping change:
 * Referenced (cleared by reclaim and by DAMON), soft-dirty (an option), Pss and the split of dirty
 * pages into shared and private (counted another way for large folios since 6.15), and the flags of
 * page frames (tail pages have got those of their head since 6.8).
 */
const FIELDS: readonly (readonly [name: string, ...fields: string[]])[] = [
  ['size_kb', 'Size'],
  ['kernel_page_size_kb', 'KernelPageSize'],
  ['mmu_page_size_kb', 'MMUPageSize'],
  ['rss_kb', 'Rss'],
  ['anonymous_kb', 'Anonymous'],
  ['dirty_kb', 'Shared_Dirty', 'Private_Dirty'],
  ['lazy_free_kb', 'LazyFree'],
  ['locked_kb', 'Locked'],
  ['anon_huge_pages_kb', 'AnonHugePages'],
  ['shmem_pmd_mapped_kb', 'ShmemPmdMapped'],
  ['thp_eligible', 'THPeligible'],
  ['swap_kb', 'Swap'],
];

/**
 * Facts such as `mappings` and `mapping1.rss_kb`, from the lines of a dump with its sections
 * `== smaps` and `== pagemap`. A field that a kernel does not have reads `absent`.
 */
export function readMemoryState(lines: readonly string[]): MemoryState {
  const sections = readSections(lines);
  const pages = readPageCounts(sections.get('pagemap') ?? []);
  const own = readMappings(sections.get('smaps') ?? []).filter(isOfWorkload);
  const facts: Record<string, string> = { mappings: String(own.length) };
  own.slice(0, MAPPINGS_MAX).forEach((mapping, index) => {
    const counts = pages.get(mapping.range);
    const values = {
      kind: mapping.kind,
      permissions: mapping.permissions,
      ...Object.fromEntries(FIELDS.map(([name, ...fields]) => [name, sumOf(mapping, fields)])),
      present_pages: counts?.get('present'),
    };
    for (const [name, value] of Object.entries(values)) {
      facts[`mapping${index + 1}.${name}`] = value ?? ABSENT;
    }
  });
  return facts;
}

function readSections(lines: readonly string[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines) {
    const name = /^== (\w+)$/.exec(line)?.[1];
    if (name === undefined) current.push(line);
    else {
      current = [];
      sections.set(name, current);
    }
  }
  return sections;
}

interface Mapping {
  readonly range: string;
  readonly permissions: string;
  readonly kind: string;
  /** By the names of smaps, without units. */
  readonly fields: Map<string, string>;
}

function readMappings(lines: readonly string[]): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of lines) {
    const header = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/.exec(line);
    if (header !== null) {
      const [, start = '', end = '', permissions = '', name = ''] = header;
      const kind = kindOf({ name, permissions });
      mappings.push({ range: rangeOf(start, end), permissions, kind, fields: new Map() });
      continue;
    }
    const [, field = '', value = ''] = /^(\w+): +(\d+)(?: kB)?$/.exec(line) ?? [];
    if (field !== '') mappings.at(-1)?.fields.set(field, value);
  }
  return mappings;
}

/** A map of shared memory without a file is a deleted file of the kernel's own. */
function kindOf({ name, permissions }: { name: string; permissions: string }): string {
  const isShared = permissions.endsWith('s');
  if (name === '' || name.startsWith('[anon:')) return 'private-anonymous';
  if (name === '/dev/zero (deleted)' || name.startsWith('[anon_shmem:')) return 'shared-anonymous';
  if (name.startsWith('/anon_hugepage')) return isShared ? 'shared-huge' : 'private-huge';
  const special = /^\[(\w+)/.exec(name)?.[1];
  return special ?? 'file';
}

const SPECIAL_KINDS = ['stack', 'vdso', 'vvar', 'vvar_vclock', 'vsyscall'];

function isOfWorkload({ fields, kind }: Mapping): boolean {
  if (OWN_KINDS.includes(kind)) return true;
  return Number(fields.get('Size')) >= MAPPING_KB_MIN && !SPECIAL_KINDS.includes(kind);
}

/** Undefined where the kernel lacks one of the fields: half a sum would be another thing. */
function sumOf({ fields }: Mapping, names: readonly string[]): string | undefined {
  const values = names.map((name) => fields.get(name));
  if (values.includes(undefined)) return undefined;
  return String(values.reduce((sum, value) => sum + Number(value), 0));
}

/** The counts of each mapping, such as `present`; both texts write addresses in their own width. */
function readPageCounts(lines: readonly string[]): Map<string, Map<string, string>> {
  const counts = new Map<string, Map<string, string>>();
  for (const line of lines) {
    const [, start, end, rest] = /^([0-9a-f]+)-([0-9a-f]+) (.*)$/.exec(line) ?? [];
    if (start === undefined || end === undefined || rest === undefined) continue;
    const pairs = rest.split(' ').map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    });
    counts.set(rangeOf(start, end), new Map(pairs));
  }
  return counts;
}

function rangeOf(start: string, end: string): string {
  return [start, end].map((address) => address.replace(/^0+(?=.)/, '')).join('-');
}
