// SPDX-License-Identifier: Apache-2.0
/**
 * What a bundle of a sweep consists of: texts that are made from its record, and artifacts by their
 * sha256, each with its place. It fetches and writes nothing.
 */
import type { SweepRecord } from '@labsweep/analysis';
import type { KernelName, Sha256, TrialEnded } from '@labsweep/proto';
import {
  configFiles,
  type EvidenceFile,
  evidenceFiles,
  fileNameOf,
  kernelPath,
} from '../evidence-files.js';
import { jsonOf, resultFiles } from '../result-files.js';
import type { LeftOut } from './manifest.js';
import { ownKernels } from './own-kernels.js';
import { type RepeatTree, repeatTree } from './repeat-tree.js';

export interface WantedArtifact {
  readonly path: string;
  readonly sha256: Sha256;
  /** Where the sweep's folder may hold it. */
  readonly inFolder?: string;
}

export interface BundleContents {
  readonly texts: ReadonlyMap<string, string | Uint8Array>;
  readonly artifacts: readonly WantedArtifact[];
  /** What is left out before anything was tried. */
  readonly leftOut: readonly LeftOut[];
  readonly tree: RepeatTree;
}

export function bundleContents(
  record: SweepRecord,
  options: { readonly withKernels: boolean },
): BundleContents {
  const tree = treeOf(record);
  const kernels = kernelArtifacts(record, tree);
  const evidence = evidenceOf(record.entries);
  const artifacts = [
    ...workloadArtifacts(record, tree),
    ...evidence.flatMap((file) => ('sha256' in file ? [file] : [])),
    ...configFiles(ownKernels(record)).map((file) => ({ ...file, inFolder: file.path })),
    ...(options.withKernels ? kernels : []),
  ];
  const reason = 'kernel images go in with --with-kernels only';
  return {
    texts: new Map([
      // The spec stands where it finds its files.
      ...[...resultFiles(record, ['text', 'csv'])].filter(([name]) => name !== 'spec.toml'),
      [tree.spec, record.submitted.specText],
      ['artifacts.json', jsonOf(pinnedDown(record))],
      ...evidence.flatMap((file) => ('text' in file ? [[file.path, file.text] as const] : [])),
    ]),
    artifacts: oneEach(artifacts),
    leftOut: options.withKernels
      ? []
      : kernels.map(({ path, sha256 }) => ({ path, sha256, reason, kind: 'choice' as const })),
    tree,
  };
}

/** Kernels, workload and files by sha256, and how they came about. */
function pinnedDown({ submitted }: SweepRecord) {
  return { workload: submitted.workload, kernels: submitted.kernels };
}

function treeOf(record: SweepRecord): RepeatTree {
  const { spec, submitted } = record;
  const added = addedKernels(record);
  const kernels = spec.kernels.flatMap(({ name, source }) =>
    source.kind === 'file' && !added.has(name) ? [source.path] : [],
  );
  const { program, files } = spec.workload;
  return repeatTree(submitted.specPath, [program.path, ...Object.values(files), ...kernels]);
}

function workloadArtifacts({ spec, submitted }: SweepRecord, tree: RepeatTree): WantedArtifact[] {
  const { program, files } = spec.workload;
  const { workload } = submitted;
  const place = (path: string) => tree.places.get(path) ?? path;
  const source = program.kind === 'source' ? workload.sourceSha256 : workload.sha256;
  return [
    ...(source === undefined ? [] : [{ path: place(program.path), sha256: source }]),
    { path: 'binaries/reproducer', sha256: workload.sha256 },
    ...Object.entries(files).flatMap(([name, path]) => {
      const found = workload.files.find((file) => file.name === name);
      return found === undefined ? [] : [{ path: place(path), sha256: found.sha256 }];
    }),
  ];
}

/** Kernels of later commands are not in the spec, and their paths are relative to no spec. */
function addedKernels({ commands = [] }: SweepRecord): ReadonlySet<KernelName> {
  return new Set(
    commands.flatMap((entry) =>
      entry.type === 'commanded' && entry.command.kind === 'add-kernel'
        ? [entry.command.kernel.name]
        : [],
    ),
  );
}

/** Those from files that the spec names lie where it looks for them, the others by name. */
function kernelArtifacts(record: SweepRecord, tree: RepeatTree): WantedArtifact[] {
  const { spec } = record;
  const added = addedKernels(record);
  return ownKernels(record).flatMap((kernel) => {
    if (kernel.image === undefined) return [];
    const source = spec.kernels.find(({ name }) => name === kernel.name)?.source;
    const isSpecs = source?.kind === 'file' && !added.has(kernel.name);
    const own = isSpecs ? tree.places.get(source.path) : undefined;
    return [{ path: own ?? kernelPath(kernel, 'vmlinuz'), sha256: kernel.image.sha256 }];
  });
}

/**
 * Two hosts may have run an attempt of the same number, and the folder holds what came last: such
 * files get the host's id.
 */
function evidenceOf(entries: readonly TrialEnded[]): (EvidenceFile & WithFolder)[] {
  const all = entries.flatMap((entry) =>
    evidenceFiles(entry).map((file) => ({ host: entry.host, file })),
  );
  const counts = new Map<string, number>();
  for (const { file } of all) counts.set(file.path, (counts.get(file.path) ?? 0) + 1);
  return all.map(({ host, file }) => {
    const inFolder = file.path;
    if ((counts.get(file.path) ?? 0) < 2) return { ...file, inFolder };
    const path = inFolder.replace(/(\.\w+)$/, `-${fileNameOf(host)}$1`);
    return { ...file, path, inFolder };
  });
}

interface WithFolder {
  readonly inFolder: string;
}

/** The log may hold an outcome twice, and a spec a file under two names. */
function oneEach(artifacts: readonly WantedArtifact[]): WantedArtifact[] {
  return [...new Map(artifacts.map((artifact) => [artifact.path, artifact])).values()];
}
