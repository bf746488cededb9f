// SPDX-License-Identifier: Apache-2.0
/**
 * What the set-up script says to a user who lacks a system package: as somebody without rights and
 * without sudo, and with sudo. The package is missing because the PATH does not lead to it.
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT, temporaryFolder } from './labsweep-process.js';

const TOOLS =
  'sh node npm gcc make cpio setpriv taskset id dirname mktemp cmp cat cp rm env qemu-system-x86_64';
/** Nobody, on every Debian machine. */
const UNPRIVILEGED = 65_534;

/** A folder of programs in which nats-server is missing. */
function pathWithoutNats(context: TestContext): string {
  const folder = join(temporaryFolder(context), 'bin');
  mkdirSync(folder);
  chmodSync(join(folder, '..'), 0o755);
  for (const tool of TOOLS.split(' ')) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(folder, tool));
  }
  return folder;
}

function setUp(path: string) {
  const script = ['sh', join(ROOT, 'deploy/setup.sh')];
  const drop = ['setpriv', `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, '--clear-groups'];
  const [program = '', ...args] = process.getuid?.() === 0 ? [...drop, ...script] : script;
  const ended = spawnSync(program, args, { env: { PATH: path }, encoding: 'utf8', input: '' });
  return { exitCode: ended.status, stderr: ended.stderr };
}

test('without rights and sudo it says one line with the exact command, and exits with 2', (context) => {
  const { exitCode, stderr } = setUp(pathWithoutNats(context));
  assert.equal(exitCode, 2, stderr);
  const install = 'apt-get update && apt-get install -y --no-install-recommends nats-server';
  assert.equal(stderr, `labsweep setup: run this as root, then start again: ${install}\n`);
});

test('with sudo it says first what it installs, and installs just that', (context) => {
  const path = pathWithoutNats(context);
  const sudo = `#!/bin/sh\n[ "$1" = -n ] && exit 0\necho "called: $*"\nexit 1\n`;
  writeFileSync(join(path, 'sudo'), sudo, { mode: 0o755 });
  const { exitCode, stderr } = setUp(path);
  assert.equal(exitCode, 2, stderr);
  const [first, ...rest] = stderr.split('\n');
  assert.match(first ?? '', /^labsweep setup: with sudo, this installs from Debian: nats-server$/);
  assert.match(
    rest.join('\n'),
    /called: env .*apt-get install -y --no-install-recommends nats-server/,
  );
  assert.match(rest.join('\n'), /apt-get failed; run by hand/);
});
