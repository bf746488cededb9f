// SPDX-License-Identifier: Apache-2.0
/** Submitting: everything a spec names becomes an artifact, then the log gets the entry. */
import {
  type Broker,
  type KernelSpec,
  LabsweepError,
  type ResolvedKernel,
  type Sha256,
  type Spec,
  type SweepId,
  sha256Of,
  UsageError,
} from '@labsweep/proto';
import { userName } from '../decision-entry.js';
import type { SweepState } from '../fold/lab-state.js';
import { parseSpec } from '../spec/parse-spec.js';
import { placeOfText } from '../spec/place-of-text.js';
import { formatProblem } from '../spec/spec-problem.js';
import type { SweepLoop } from '../sweep-loop.js';
import { checkStaticBinary } from './check-static-binary.js';
import { type CompiledWorkload, compileWorkload } from './compile-workload.js';
import { withConfigDifferences } from './kernels/config-differences.js';
import { type KernelWithImage, resolveKernel } from './kernels/resolve-kernel.js';
import { refuseMissingImages } from './missing-images.js';
import { storeAnew } from './store-anew.js';
import type { Awaited } from './until-folded.js';
import { resolveFiles } from './workload-files.js';

export interface SubmissionRequest {
  readonly sweep: SweepId;
  readonly specPath: string;
  readonly specText: string;
  readonly files: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly by: string;
}

export interface SubmissionHooks {
  onProgress(line: string): void;
  readonly signal: AbortSignal;
}

export interface SubmissionParts {
  readonly broker: {
    readonly artifacts: Broker['artifacts'];
    readonly log: Pick<Broker['log'], 'append'>;
  };
  readonly loop: SweepLoop;
  readonly cacheDirectory: string;
  /** See `SyncedLog.untilKept`. */
  untilKept(isFolded: () => boolean, awaited: Awaited): Promise<void>;
}

/** A sweep's name becomes a token of a subject, a folder and a part of ids. */
const SWEEP_ID = /^[a-z0-9][a-z0-9-]{0,99}$/;

export class Submission {
  constructor(private readonly parts: SubmissionParts) {}

  /**
   * Settles when the sweep is folded and kept. One that exists is left as it is, so a submission
   * may be repeated; what the store has lost of it is stored anew. Throws UsageError for what the
   * user can mend, LabsweepError for the rest.
   */
  async submit(request: SubmissionRequest, hooks: SubmissionHooks): Promise<void> {
    const { sweep, specPath, specText, seed, by } = request;
    if (!SWEEP_ID.test(sweep)) throw new UsageError(`'${sweep}' cannot be the id of a sweep`);
    const { broker, loop } = this.parts;
    const awaited = { what: `sweep ${sweep}`, see: `labsweep history ${sweep}` };
    const isFolded = () => loop.sweep(sweep) !== undefined;
    const known = loop.sweep(sweep);
    if (known !== undefined) {
      await this.parts.untilKept(isFolded, awaited);
      return this.storeAnew(known, request, hooks);
    }
    const parsed = parseSpec({ text: specText, path: specPath });
    if (!parsed.ok) throw new UsageError(parsed.problems.map(formatProblem).join('\n'));
    const { spec } = parsed;
    const read = (path: string) => this.localFile(path, request);
    const files = await resolveFiles(spec.workload, { path: specPath, text: specText }, read);
    const program = await this.readProgram(spec, request, hooks);
    await broker.artifacts.put(program.binary);
    const workload = { ...program.workload, files };
    const kernels: ResolvedKernel[] = [];
    for (const kernel of usedKernels(spec)) {
      const { name, text: source } = kernel;
      const scripted = isScriptedOnly(kernel, spec);
      const resolve = () => this.resolveNamedKernel(kernel, request, hooks);
      kernels.push(scripted ? { name, source } : await resolve());
    }
    refuseMissingImages(spec, kernels, request);
    const compared = await this.compareConfigs(kernels, { spec, known: kernels });
    const atMs = Date.now();
    const asked = { sweep, atMs, by: userName(by), specPath, specText, seed };
    await broker.log.append({ type: 'submitted', ...asked, kernels: compared, workload });
    await this.parts.untilKept(isFolded, awaited);
  }

  private storeAnew(
    known: SweepState,
    request: SubmissionRequest,
    hooks: SubmissionHooks,
  ): Promise<void> {
    const { spec } = known;
    const sources = {
      program: async () => (await this.readProgram(spec, request, hooks)).binary,
      file: (name: string) => this.localFile(spec.workload.files[name] ?? name, request),
      kernel: async (name: string) => {
        const kernel = spec.kernels.find((each) => each.name === name);
        if (kernel === undefined) throw new UsageError(`the spec has no kernel ${name}`);
        return this.readKernel(kernel, request.files, hooks);
      },
    };
    const { artifacts } = this.parts.broker;
    return storeAnew(known, { artifacts, sources, onProgress: hooks.onProgress });
  }

  private async readProgram(
    spec: Spec,
    request: SubmissionRequest,
    hooks: SubmissionHooks,
  ): Promise<CompiledWorkload> {
    const { kind, path } = spec.workload.program;
    const source = await this.localFile(path, request);
    const where = placeOfText({ path: request.specPath, text: request.specText }, path);
    try {
      const { cacheDirectory } = this.parts;
      const fileName = path.split('/').at(-1) ?? path;
      const compiled = { source, fileName, cacheDirectory, ...hooks };
      if (kind !== 'binary') return await compileWorkload(compiled);
      checkStaticBinary(source, fileName);
      const told = { sha256: sha256Of(source), sizeBytes: source.length };
      return { binary: source, workload: { ...told, compiler: '', flags: [] } };
    } catch (error) {
      throw placed(error, where);
    }
  }

  private async resolveNamedKernel(
    kernel: KernelSpec,
    request: SubmissionRequest,
    hooks: SubmissionHooks,
  ): Promise<ResolvedKernel> {
    try {
      return await this.resolveKernel(kernel, request.files, hooks);
    } catch (error) {
      throw placed(
        error,
        placeOfText({ path: request.specPath, text: request.specText }, kernel.text),
      );
    }
  }

  /** Tells of each kernel in what its configuration differs from that of the baseline. */
  async compareConfigs(
    kernels: readonly ResolvedKernel[],
    among: { readonly spec: Spec; readonly known: readonly ResolvedKernel[] },
  ): Promise<ResolvedKernel[]> {
    const { baseline: name } = among.spec;
    const { artifacts } = this.parts.broker;
    const baseline = { name, config: among.known.find((each) => each.name === name)?.config };
    return Promise.all(kernels.map((kernel) => withConfigDifferences(kernel, baseline, artifacts)));
  }

  /**
   * Stores image and configuration. `files` says under which sha256 the user's local files are
   * stored.
   */
  async resolveKernel(
    kernel: KernelSpec,
    files: Readonly<Record<string, string>>,
    hooks: SubmissionHooks,
  ): Promise<ResolvedKernel> {
    const { resolved, image, config } = await this.readKernel(kernel, files, hooks);
    const { artifacts } = this.parts.broker;
    for (const part of [image, config]) if (part !== undefined) await artifacts.put(part);
    return resolved;
  }

  private readKernel(
    kernel: KernelSpec,
    files: Readonly<Record<string, string>>,
    hooks: SubmissionHooks,
  ): Promise<KernelWithImage> {
    const { cacheDirectory } = this.parts;
    const localFile = (path: string) => this.storedFile(path, files);
    return resolveKernel(kernel, { cacheDirectory, localFile, ...hooks });
  }

  private localFile(path: string, request: SubmissionRequest): Promise<Uint8Array> {
    if (request.files[path] !== undefined) return this.storedFile(path, request.files);
    throw new UsageError(`${request.specPath}: ${path} was not sent along with the spec`);
  }

  private async storedFile(
    path: string,
    files: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    const sha256 = files[path];
    if (sha256 === undefined) throw new UsageError(`${path} was not sent along`);
    return this.parts.broker.artifacts.get(sha256 as Sha256);
  }
}

/** Kernels that no environment uses are not downloaded. */
function usedKernels(spec: Spec): KernelSpec[] {
  const used = new Set(spec.environments.flatMap((environment) => environment.kernels));
  return spec.kernels.filter((kernel) => used.has(kernel.name));
}

/** A scripted trial boots nothing, so its kernels are only names. */
function isScriptedOnly(kernel: KernelSpec, spec: Spec): boolean {
  return spec.environments.every(
    ({ environment, kernels }) => environment === 'scripted' || !kernels.includes(kernel.name),
  );
}

/** Puts the place in the spec in front of a message; other errors pass as they are. */
function placed(error: unknown, where: string): unknown {
  if (!(error instanceof LabsweepError)) return error;
  const Kind = error instanceof UsageError ? UsageError : LabsweepError;
  return new Kind(`${where}: ${error.message}`, { cause: error });
}
