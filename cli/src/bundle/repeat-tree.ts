// SPDX-License-Identifier: Apache-2.0
/**
 * Where the spec and the files that it names lie in a bundle, so that the spec finds them after
 * unpacking although not a letter of it is changed. It looks at names alone.
 */
import { posix } from 'node:path';
import { pathProblem } from './member-path.js';

const ROOT = 'repeat';
/** For files that the spec names by an absolute path, which unpacking cannot restore. */
const ABSOLUTE = `${ROOT}/absolute`;
/** For a spec whose own name cannot be one here. */
const SPEC = 'sweep.toml';

export interface RepeatTree {
  readonly spec: string;
  /** By the path that the spec has. */
  readonly places: ReadonlyMap<string, string>;
}

/** `paths` are as the spec has them: relative to it, or absolute. */
export function repeatTree(specPath: string, paths: readonly string[]): RepeatTree {
  const depth = Math.max(0, ...paths.filter((path) => !posix.isAbsolute(path)).map(stepsUp));
  const folder = [ROOT, ...foldersOf(specPath, depth)].join('/');
  const placeOf = (path: string) =>
    posix.isAbsolute(path) ? posix.join(ABSOLUTE, posix.normalize(path)) : posix.join(folder, path);
  return {
    spec: posix.join(folder, isPlain(posix.basename(specPath)) ? posix.basename(specPath) : SPEC),
    places: new Map(paths.map((path) => [path, placeOf(path)])),
  };
}

function stepsUp(path: string): number {
  const parts = posix.normalize(path).split('/');
  return parts.filter((part) => part === '..').length;
}

/** The last folders of the spec's own path, so that the tree looks as it did, and no more of it. */
function foldersOf(specPath: string, depth: number): string[] {
  if (depth === 0) return [];
  const parts = posix.normalize(posix.dirname(specPath)).split('/');
  const named = parts.filter(isPlain).slice(-depth);
  return [
    ...Array.from({ length: depth - named.length }, (_, index) => `up${index + 1}`),
    ...named,
  ];
}

function isPlain(part: string): boolean {
  return pathProblem(part) === undefined;
}
