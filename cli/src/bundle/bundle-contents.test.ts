// SPDX-License-Identifier: Apache-2.0
/** What a bundle names to repeat a sweep with: every kernel, and each of them once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepRecord } from '@labsweep/analysis';
import type { KernelName } from '@labsweep/proto';
import { recordOfLog } from '../record/record-of-log.js';
import { sampleLog } from '../testing/sample-log.js';
import { bundleContents } from './bundle-contents.js';
import { bundleReadme } from './bundle-readme.js';

/** The sample with its baseline twice in each block, as the controller resolves it. */
function twice(): SweepRecord {
  const record = recordOfLog(sampleLog());
  const { spec, submitted } = record;
  const again = 'old.again' as KernelName;
  const second = <Kernel extends { readonly name: KernelName }>(kernels: readonly Kernel[]) =>
    kernels.filter(({ name }) => name === 'old').map((kernel) => ({ ...kernel, name: again }));
  return {
    ...record,
    spec: { ...spec, again, kernels: [...spec.kernels, ...second(spec.kernels)] },
    submitted: { ...submitted, kernels: [...submitted.kernels, ...second(submitted.kernels)] },
  };
}

test("the baseline's second turn is no kernel to repeat with", () => {
  const record = twice();
  for (const withKernels of [false, true]) {
    const { artifacts, leftOut, tree } = bundleContents(record, { withKernels });
    const named = [...artifacts, ...leftOut].map(({ path }) => path);
    assert.deepEqual(
      named.filter((path) => path.includes('again')),
      [],
    );
    assert.equal(named.filter((path) => path.endsWith('.img')).length, 2);
    const readme = bundleReadme(record, { tree, members: [], leftOut });
    const kernels = readme.split('\n').filter((line) => /^- (old|new|old\.again): `/.test(line));
    assert.equal(kernels.length, 2, readme);
    assert.match(readme, /old\.again is old again, for its second turn in each block/);
  }
});
