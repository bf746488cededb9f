// SPDX-License-Identifier: Apache-2.0
/** Leaves out what was seen already, when a sweep is watched anew at another controller. */
import { messageIdOf, type WatchEvent } from '@labsweep/proto';

export class FreshEvents {
  private readonly entries = new Set<string>();
  private readonly decisions = new Map<string, string>();

  /** False for an entry or a decision that came before. Progress is always news. */
  take(event: WatchEvent): boolean {
    switch (event.kind) {
      case 'entry': {
        const id = messageIdOf(event.entry);
        if (this.entries.has(id)) return false;
        this.entries.add(id);
        return true;
      }
      case 'decision': {
        const text = JSON.stringify(event.decision);
        if (this.decisions.get(event.decision.block) === text) return false;
        this.decisions.set(event.decision.block, text);
        return true;
      }
      case 'progress':
        return true;
    }
  }
}
