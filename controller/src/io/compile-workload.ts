// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles a reproducer once, statically, to the one binary that runs on every box. The same
 * source, compiler and flags give the same bytes, whatever the folder or the name of the file.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResolvedWorkload, type Sha256, sha256Of, UsageError } from '@labsweep/proto';
import { z } from 'zod';
import { BlobCache } from './blob-cache.js';
import { CachedRecord } from './cached-record.js';
import { checkStaticBinary } from './check-static-binary.js';
import { runCommand } from './command.js';
import { explainCompilerFailure } from './explain-compiler-failure.js';

export interface CompileWorkloadOptions {
  readonly source: Uint8Array;
  /** As the user wrote it; for messages only. */
  readonly fileName: string;
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  /** Gets one line at a time, compiler warnings among them. */
  onProgress(line: string): void;
}

export interface CompiledWorkload {
  readonly binary: Uint8Array;
  readonly workload: Omit<ResolvedWorkload, 'files'>;
}

const COMPILER = 'gcc';
/** Recorded with every sweep. A build id would differ between linkers that are otherwise alike. */
const FLAGS = ['-O2', '-std=gnu11', '-static', '-Wall', '-Wl,--build-id=none'] as const;
/** It ends up in the binary, by `__FILE__` and as a symbol, so it must not be the user's. */
const COMPILED_NAME = 'labsweep-reproducer.c';
const OUTPUT_NAME = 'reproducer';
/** For `__DATE__` and `__TIME__`. */
const FIXED_DATE = { SOURCE_DATE_EPOCH: '0' };

const recordShape = z.object({ sha256: z.string().transform((text) => text as Sha256) });

/** Throws a UsageError with the compiler's words when the source does not compile. */
export async function compileWorkload(options: CompileWorkloadOptions): Promise<CompiledWorkload> {
  const sourceSha256 = sha256Of(options.source);
  const compiler = await compilerVersion(options.signal);
  const inputs = { sourceSha256, compiler, flags: FLAGS };
  const directory = join(options.cacheDirectory, 'workloads');
  const binaries = new BlobCache(directory);
  const recordPath = join(directory, 'by-input', `${sha256Of(JSON.stringify(inputs))}.json`);
  const record = new CachedRecord(recordPath, recordShape);
  const known = await record.read();
  let binary = known && (await binaries.get(known.sha256));
  if (binary) options.onProgress(`${options.fileName} from cache`);
  else {
    binary = await compile(options);
    await record.write({ sha256: await binaries.put(binary) });
  }
  const sha256 = sha256Of(binary);
  return { binary, workload: { sha256, sizeBytes: binary.length, ...inputs } };
}

async function compilerVersion(signal: AbortSignal): Promise<string> {
  const { stdout } = await runCommand(COMPILER, ['--version'], { signal });
  return stdout.split('\n', 1)[0] ?? '';
}

async function compile(options: CompileWorkloadOptions): Promise<Uint8Array> {
  const { fileName, signal } = options;
  options.onProgress(`compiling ${fileName}`);
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-compile-'));
  try {
    await writeFile(join(directory, COMPILED_NAME), options.source);
    const { stderr, exitCode } = await runCommand(
      COMPILER,
      [...FLAGS, '-o', OUTPUT_NAME, COMPILED_NAME],
      { directory, environment: FIXED_DATE, signal, allowFailure: true },
    );
    if (exitCode !== 0) {
      const words = { complaint: stderr, compiledName: COMPILED_NAME, fileName };
      throw new UsageError(explainCompilerFailure(words));
    }
    const warnings = stderr.replaceAll(COMPILED_NAME, () => fileName).trimEnd();
    for (const line of warnings.split('\n').filter(Boolean)) options.onProgress(line);
    const binary = await readFile(join(directory, OUTPUT_NAME));
    checkStaticBinary(binary, fileName);
    return binary;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
