// SPDX-License-Identifier: Apache-2.0
/** The published data that lie beside the repository; a test that finds none says so and skips. */
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

const REFERENCE = new URL('../../../../shared/reference/', import.meta.url);

/** The text of a reference file, or undefined after the test was skipped for its absence. */
export function reference(context: TestContext, name: string): string | undefined {
  const file = new URL(name, REFERENCE);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const reason = `SKIPPED: ../shared/reference/${name} is not beside the repository`;
  context.diagnostic(reason);
  context.skip(reason);
  return undefined;
}
