// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the kernels that two rows have in common, whatever they are called there, and says in what
 * a kernel of one name is not the same kernel.
 */
import type { KernelName } from '@labsweep/proto';
import {
  buildOf,
  type EnvironmentSide,
  isSameBuild,
  type KernelBuild,
  kernelsOf,
} from '../environment-side.js';
import { kernelBuild } from '../kernel-builds.js';
import type { SweepRecord } from '../sweep-record.js';
import { differenceIn, type SetupDifference } from './difference.js';

export interface SideKernel extends KernelBuild {
  readonly kernel: KernelName;
}

export interface KernelPair {
  readonly a: SideKernel;
  readonly b: SideKernel;
  readonly differences: readonly SetupDifference[];
}

interface Known extends SideKernel {
  /** Empty for a kernel without an image. */
  readonly sha256: string;
  /** These two are empty where nobody told them. */
  readonly config: string;
  readonly compiler: string;
}

interface Place {
  readonly record: SweepRecord;
  readonly side: EnvironmentSide;
}

/** By sha256, else by name, else by release; in the order of the first row. */
export function matchKernels(a: Place, b: Place): KernelPair[] {
  const [ofA, ofB] = [knownKernels(a), knownKernels(b)];
  const pairs = new Map<Known, Known>();
  const ways: readonly ((one: Known, other: Known) => boolean)[] = [
    (one, other) => one.sha256 !== '' && one.sha256 === other.sha256 && one.kernel === other.kernel,
    (one, other) => one.sha256 !== '' && one.sha256 === other.sha256,
    (one, other) => one.kernel === other.kernel && isSameBuild(one, other),
    (one, other) => one.kernel === other.kernel,
    (one, other) => one.release !== '' && one.release === other.release,
  ];
  for (const isSame of ways) {
    for (const one of ofA.filter((each) => !pairs.has(each))) {
      const taken = new Set(pairs.values());
      const other = ofB.find((each) => !taken.has(each) && isSame(one, each));
      if (other !== undefined) pairs.set(one, other);
    }
  }
  return ofA.flatMap((one) => {
    const other = pairs.get(one);
    if (other === undefined) return [];
    return [{ a: plain(one), b: plain(other), differences: differencesOf(one, other) }];
  });
}

function plain({ kernel, release, version }: Known): SideKernel {
  return { kernel, release, version };
}

/** Without an image the release is all that tells, and a fact that one of them lacks is no news. */
function differencesOf(one: Known, other: Known): SetupDifference[] {
  const both = (read: (each: Known) => string) => {
    const values = { a: read(one), b: read(other) };
    return values.a === '' || values.b === '' ? { a: '', b: '' } : values;
  };
  const images = both(({ sha256 }) => sha256);
  const isSame = images.a !== '' && images.a === images.b;
  if (isSame) return [];
  const hasImages = images.a !== '';
  const image = differenceIn('kernel image', 'identity', images);
  const weight = hasImages ? 'detail' : 'identity';
  return [
    ...image,
    ...differenceIn('kernel release', weight, { a: one.release, b: other.release }),
    ...differenceIn(
      'kernel config',
      weight,
      both(({ config }) => config),
    ),
    ...differenceIn(
      'kernel compiler',
      weight,
      both(({ compiler }) => compiler),
    ),
    ...differenceIn(
      'kernel build',
      weight,
      both(({ version }) => version),
    ),
  ];
}

function knownKernels({ record, side }: Place): Known[] {
  return kernelsOf(side).map((each) => {
    const trials = side.trials.filter(
      (trial) => trial.kernel === each.kernel && isSameBuild(buildOf(trial), each),
    );
    const image = record.submitted.kernels.find(({ name }) => name === each.kernel)?.image;
    const { config, compiler } = kernelBuild(record, { name: each.kernel, counted: trials });
    return {
      ...each,
      sha256: image?.sha256 ?? '',
      config: config?.sha256 ?? '',
      compiler: compiler ?? '',
    };
  });
}
