// SPDX-License-Identifier: Apache-2.0
/** What the controller has said that it folded, and who waits to hear it. */

/** Several times the trials of one lease, which are no more than a spec may have kernels. */
const KNOWN_MIN = 250;

export class FoldNews {
  /** Those that lie in the spool: they are told of until they are settled. */
  private readonly folded = new Set<string>();
  /** The newest that the controller said it has folded since its welcome; settled ones too. */
  private known = new Set<string>();
  /** The same, of a while before. */
  private knownBefore = new Set<string>();
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly isSpooled: (messageId: string) => boolean) {}

  /** A controller tells anew what it has folded. */
  begin(): void {
    this.known = new Set();
    this.knownBefore = new Set();
  }

  told(messageIds: readonly string[]): void {
    for (const id of messageIds) {
      this.remember(id);
      if (this.isSpooled(id)) this.folded.add(id);
      this.waiting.get(id)?.();
      this.waiting.delete(id);
    }
  }

  /** Another outcome with this id is to be folded, or nobody will ask for it any more. */
  forget(messageId: string): void {
    this.folded.delete(messageId);
  }

  isKnown(messageId: string): boolean {
    return this.known.has(messageId) || this.knownBefore.has(messageId);
  }

  /**
   * Settles once the controller has folded the entry; at once when it is not in the spool, and when
   * an earlier process has published it already: the broker drops ours as a repetition, so that
   * nobody would fold it a second time.
   */
  whenTold(messageId: string): Promise<void> {
    const isFolded = this.folded.has(messageId) || this.isKnown(messageId);
    if (isFolded || !this.isSpooled(messageId)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(messageId, resolve));
  }

  private remember(messageId: string): void {
    this.known.add(messageId);
    if (this.known.size < KNOWN_MIN) return;
    // All at once: a set has to walk over what has left it to find its oldest.
    this.knownBefore = this.known;
    this.known = new Set();
  }
}
