// SPDX-License-Identifier: Apache-2.0
/** Events by their time, and at one time by the order in which they were put in. A binary heap. */
import type { Process } from './world.js';

export interface QueuedEvent {
  readonly atMs: number;
  readonly order: number;
  readonly owner: Process | undefined;
  readonly run: () => void;
  cancelled: boolean;
}

export class EventQueue {
  private readonly heap: QueuedEvent[] = [];
  private count = 0;

  push({ atMs, run, owner }: Pick<QueuedEvent, 'atMs' | 'run' | 'owner'>): QueuedEvent {
    this.count += 1;
    const queued = { atMs, run, owner, order: this.count, cancelled: false };
    this.sink(queued);
    return queued;
  }

  /** Puts an event off, before all that was put in for that time later. */
  requeue(event: QueuedEvent, atMs: number): void {
    // The same object, because who started it may still cancel it.
    this.sink(Object.assign(event, { atMs }));
  }

  pop(): QueuedEvent | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    this.heap[0] = last;
    this.settleFrom(0);
    return first;
  }

  private sink(event: QueuedEvent): void {
    const { heap } = this;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(at(heap, parent), event)) break;
      heap[index] = at(heap, parent);
      index = parent;
    }
    heap[index] = event;
  }

  private settleFrom(start: number): void {
    const { heap } = this;
    const event = at(heap, start);
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(at(heap, child + 1), at(heap, child))) child += 1;
      if (isBefore(event, at(heap, child))) break;
      heap[index] = at(heap, child);
      index = child;
    }
    heap[index] = event;
  }
}

function at(heap: readonly QueuedEvent[], index: number): QueuedEvent {
  return heap[index] as QueuedEvent;
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
