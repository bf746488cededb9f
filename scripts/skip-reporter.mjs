// SPDX-License-Identifier: Apache-2.0
/**
 * A reporter for Node's test runner that lists the skipped tests with their reasons, and nothing
 * else.
 */

/**
 * @param {AsyncIterable<{ type: string, data: { name?: string, skip?: string | boolean } }>} source
 */
export default async function* skipReporter(source) {
  const skipped = [];
  for await (const { type, data } of source) {
    if (type === 'test:pass' && data.skip) skipped.push(`SKIPPED ${data.name}: ${data.skip}\n`);
  }
  yield* skipped;
}
