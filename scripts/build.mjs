// SPDX-License-Identifier: Apache-2.0
/**
 * Builds everything: types from the .proto files, TypeScript, the C programs. Each step does
 * nothing when its inputs have not changed, so that a second run costs well under a second. What
 * was built of a source that is gone goes with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeStaleOutputs } from './stale-outputs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Runs one step and ends the build with its exit code when it fails; output goes to stderr. */
function step(program, args, cwd = root) {
  const result = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2] });
  if (result.error) console.error(`labsweep build: cannot run ${program}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

const modifiedMs = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function generateTypes() {
  const folder = join(root, 'proto', 'labsweep', 'v1');
  const files = readdirSync(folder).filter((name) => name.endsWith('.proto'));
  const made = modifiedMs(join(root, 'proto', 'src', 'generated', 'sweep.ts'));
  if (files.every((name) => modifiedMs(join(folder, name)) < made)) return;
  const options = ['--longs=Number', '--enums=String', '--defaults', '--oneofs'];
  const output = ['--grpcLib=@grpc/grpc-js', '--importFileExtension=.js', '--outDir=src/generated'];
  const paths = files.map((name) => `labsweep/v1/${name}`);
  const args = [...options, ...output, '--includeDirs', '.', '--', ...paths];
  step(bin('proto-loader-gen-types'), args, join(root, 'proto'));
}

function removeOutputsWithoutSource() {
  for (const name of ['proto', 'analysis', 'controller', 'agent', 'cli', 'test']) {
    const folder = join(root, name);
    const source = name === 'test' ? folder : join(folder, 'src');
    removeStaleOutputs({ source, output: join(folder, 'dist') });
  }
}

generateTypes();
removeOutputsWithoutSource();
step(bin('tsc'), ['-b']);
step('make', ['-s', '-C', 'native', 'all']);
