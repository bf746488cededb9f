// SPDX-License-Identifier: Apache-2.0
/**
 * Stores anew what a sweep was given, where the lab's store has lost or damaged it since. It makes
 * nothing of other bytes than the sweep was submitted with.
 */
import {
  type Broker,
  LabsweepError,
  type Sha256,
  sha256Of,
  type WorkloadFile,
} from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import type { KernelWithImage } from './kernels/resolve-kernel.js';

/** How the bytes are had again, of what the user has sent along and of what the spec names. */
export interface Sources {
  program(): Promise<Uint8Array>;
  file(name: string): Promise<Uint8Array>;
  kernel(name: string): Promise<Pick<KernelWithImage, 'image' | 'config'>>;
}

export interface StoreAnewParts {
  readonly artifacts: Pick<Broker['artifacts'], 'defect' | 'put'>;
  readonly sources: Sources;
  onProgress(line: string): void;
}

/** What comes from one source. */
interface Given {
  readonly what: string;
  readonly wanted: readonly Sha256[];
  again(): Promise<readonly Uint8Array[]>;
}

/**
 * Tells what it has stored anew, and what it could not and why: then rows that need it wait, and
 * the rest of the sweep goes on. So does all of it while the broker does not answer: whoever comes
 * back to a sweep at night is not turned away by that.
 */
export async function storeAnew(sweep: SweepState, parts: StoreAnewParts): Promise<void> {
  try {
    for (const given of givenTo(sweep, parts.sources)) await mend(given, parts);
  } catch (error) {
    if (!(error instanceof LabsweepError)) throw error;
    parts.onProgress(`not looked for what the store may have lost: ${error.message}`);
  }
}

function givenTo({ submitted, kernels }: SweepState, sources: Sources): readonly Given[] {
  const { sha256, compiler, files } = submitted.workload;
  const by = compiler === '' ? '' : `, as compiled by ${compiler}`;
  return [
    {
      what: `the program${by}`,
      wanted: [sha256],
      again: async () => [await sources.program()],
    },
    ...files.map(({ name, sha256: ofFile }: WorkloadFile) => ({
      what: `the file ${name}`,
      wanted: [ofFile],
      again: async () => [await sources.file(name)],
    })),
    ...kernels.map(({ name, source, image, config }) => ({
      what: `kernel ${name} (${source})`,
      wanted: [image, config].flatMap((part) => part?.sha256 ?? []),
      again: async () => {
        const found = await sources.kernel(name);
        return [found.image, found.config].flatMap((part) => part ?? []);
      },
    })),
  ];
}

async function mend({ what, wanted, again }: Given, parts: StoreAnewParts): Promise<void> {
  const { artifacts, onProgress } = parts;
  const defects = new Map<Sha256, string>();
  for (const sha256 of wanted) {
    const defect = await artifacts.defect(sha256);
    if (defect !== undefined) defects.set(sha256, `${what}: artifact ${sha256} ${defect}`);
  }
  if (defects.size === 0) return;
  const found = await foundAgain(again);
  for (const [sha256, defect] of defects) {
    const bytes = found.all.find((each) => sha256Of(each) === sha256);
    if (bytes === undefined) {
      onProgress(`${defect}, and ${found.why}`);
      continue;
    }
    await artifacts.put(bytes);
    onProgress(`${defect}; it is stored anew`);
  }
}

const OTHER_BYTES =
  'what is there now is another one than the sweep was submitted with; bring that back and run ' +
  'the same command again, or measure the other one as a new sweep by --fresh';

/** `why` is for those that are not among them. */
async function foundAgain(again: Given['again']) {
  try {
    return { all: await again(), why: OTHER_BYTES };
  } catch (error) {
    if (!(error instanceof LabsweepError)) throw error;
    return { all: [], why: `it cannot be had again: ${error.message}` };
  }
}
