// SPDX-License-Identifier: Apache-2.0
/**
 * Says of kernels in what their configurations differ from the baseline's, once, when they are
 * resolved: reports are made from records, which hold no texts of that size.
 */
import {
  type ConfigDifferences,
  type KernelConfig,
  type KernelName,
  LabsweepError,
  type ResolvedKernel,
  type Sha256,
} from '@labsweep/proto';
import { compareConfigs } from './compare-configs.js';

export interface ConfigBaseline {
  readonly name: KernelName;
  /** Absent where it is not known. */
  readonly config: KernelConfig | undefined;
}

/** Where the texts are, by their sha256. */
export interface ConfigTexts {
  get(sha256: Sha256): Promise<Uint8Array>;
}

export async function withConfigDifferences(
  kernel: ResolvedKernel,
  baseline: ConfigBaseline,
  texts: ConfigTexts,
): Promise<ResolvedKernel> {
  const [own, base] = [kernel.config, baseline.config];
  if (own === undefined || base === undefined || own.sha256 === base.sha256) return kernel;
  const found = await differencesOf([own.sha256, base.sha256], texts);
  if (found === undefined) return kernel;
  const differences: ConfigDifferences = { against: baseline.name, ...found };
  return { ...kernel, config: { ...own, differences } };
}

/** A lab may have lost a text of long ago; that they differ is known without it. */
async function differencesOf([own, base]: readonly [Sha256, Sha256], texts: ConfigTexts) {
  try {
    const read = async (sha256: Sha256) => Buffer.from(await texts.get(sha256)).toString();
    return compareConfigs(await read(own), await read(base));
  } catch (error) {
    if (error instanceof LabsweepError) return undefined;
    throw error;
  }
}
