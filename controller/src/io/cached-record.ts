// SPDX-License-Identifier: Apache-2.0
/**
 * Small JSON files of the cache, checked when read. A record that is missing, torn or of an older
 * program reads as undefined: the caller makes it again.
 */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { writeAtomically } from './write-atomically.js';

export class CachedRecord<Shape extends z.ZodType> {
  constructor(
    private readonly path: string,
    private readonly shape: Shape,
  ) {}

  async read(): Promise<z.infer<Shape> | undefined> {
    const text = await readFile(this.path, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return this.shape.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  async write(record: z.infer<Shape>): Promise<void> {
    await writeAtomically(this.path, JSON.stringify(record));
  }
}
