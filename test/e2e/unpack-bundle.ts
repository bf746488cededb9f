// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that a bundle holds, unpacked into a new one and checked against its own sums. */
export function unpackBundle(archive: string, target: string): string {
  mkdirSync(target);
  execFileSync('tar', ['-xzf', archive, '-C', target]);
  const [root = ''] = readdirSync(target);
  execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: join(target, root) });
  return join(target, root);
}
