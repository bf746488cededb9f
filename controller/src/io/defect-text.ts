// SPDX-License-Identifier: Apache-2.0
/** A defect of the program in one line of its log, with the place where it was found. */
export function defectText(where: string, error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = text.split('\n').map((line) => line.trim());
  return `${DEFECT} ${where}: ${lines.join(' | ')}`;
}

/** How each of them begins. */
export const DEFECT = 'defect in';
