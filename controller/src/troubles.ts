// SPDX-License-Identifier: Apache-2.0
/** What holds the whole lab up at this moment, by who found it; each change is told once. */
export class Troubles {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly onChange: (troubles: readonly string[]) => void,
    private readonly note: (message: string) => void,
  ) {}

  /** An empty text says that the trouble is over. */
  set(source: string, text: string): void {
    const before = this.texts.get(source) ?? '';
    if (before === text) return;
    if (text === '') this.texts.delete(source);
    else this.texts.set(source, text);
    this.note(text === '' ? `over: ${before}` : text);
    this.onChange([...this.texts.values()]);
  }
}
