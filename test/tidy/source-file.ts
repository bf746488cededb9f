// SPDX-License-Identifier: Apache-2.0
/** The files of the tree as the house rules see them. It reads; it judges nothing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly lines: readonly string[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'generated', 'out', '.git', '.nx']);
const ENDINGS = /\.(ts|mjs|js|c|h|sh|proto|toml|conf|md)$|(^|\/)(Makefile|run)$/;

export function readTree(root: string, folder = ''): SourceFile[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (SKIPPED.has(name)) return [];
    if (statSync(join(root, path)).isDirectory()) return readTree(root, path);
    return ENDINGS.test(path) ? [sourceFile(path, readFileSync(join(root, path), 'utf8'))] : [];
  });
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, lines: text.replace(/\n$/, '').split('\n') };
}

/** What a TypeScript file imports, types included. */
export function importsOf(file: SourceFile): string[] {
  const text = file.lines.join('\n');
  const found = text.matchAll(/^(?:import|export)\b[^'"`;]*?\sfrom '([^']+)'|^import '([^']+)'/gm);
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

export const isTest = (path: string) => path.includes('.test.') || path.startsWith('test/');
export const isTypeScript = (path: string) => path.endsWith('.ts');
