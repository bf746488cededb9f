// SPDX-License-Identifier: Apache-2.0
/**
 * The tests of the C programs, with sanitizers, as part of the whole. Their own output tells the
 * details.
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('the C programs build without warnings and pass their tests under sanitizers', (context) => {
  const made = spawnSync('make', ['-C', 'native', 'test'], { cwd: ROOT, encoding: 'utf8' });
  for (const line of made.stdout.split('\n')) {
    if (/skip|passed|cannot run/i.test(line)) context.diagnostic(line);
  }
  assert.equal(made.status, 0, made.stdout + made.stderr);
  assert.match(made.stdout, /[1-9]\d* passed, 0 failed/);
});
