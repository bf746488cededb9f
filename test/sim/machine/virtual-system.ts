// SPDX-License-Identifier: Apache-2.0
/**
 * Puts virtual time and virtual disks under the code of the product, which does not know of it:
 * while it is installed, Node's timers, clocks, random ids and files belong to the process of the
 * world that runs. Outside of the world's events all of them are the real ones.
 */
import crypto from 'node:crypto';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { promisesOf } from './disk-calls.js';
import type { World } from './world.js';

/** Where the wall clocks of all machines start: some day at noon. */
export const EPOCH_MS = Date.UTC(2026, 4, 12, 12);

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  now: Date.now,
  monotonicMs: performance.now.bind(performance),
  hrtime: process.hrtime.bigint,
  sleep: timers.setTimeout,
  randomUUID: crypto.randomUUID,
  files: { ...files },
};

interface Timer {
  stop(): void;
}

/** Returns the function that takes everything away again. */
export function installVirtualSystem(world: World): () => void {
  installTimers(world);
  installClocks(world);
  Object.assign(crypto, {
    randomUUID: () => (world.current === undefined ? real.randomUUID() : virtualUuid(world)),
  });
  const virtual = promisesOf(world);
  for (const [name, call] of Object.entries(virtual)) {
    const realCall = real.files[name as keyof typeof virtual] as (...all: unknown[]) => unknown;
    const virtualCall = call as (...all: unknown[]) => unknown;
    Object.assign(files, {
      [name]: (...all: unknown[]) =>
        world.current === undefined ? realCall(...all) : virtualCall(...all),
    });
  }
  syncBuiltinESMExports();
  return uninstall;
}

function uninstall(): void {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = real;
  Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
  Date.now = real.now;
  performance.now = real.monotonicMs;
  process.hrtime.bigint = real.hrtime;
  timers.setTimeout = real.sleep;
  Object.assign(crypto, { randomUUID: real.randomUUID });
  Object.assign(files, real.files);
  syncBuiltinESMExports();
}

function installTimers(world: World): void {
  const later = (run: () => void, delayMs: number | undefined) => {
    let event = world.after(delayMs ?? 0, run);
    const stop = () => {
      event.cancelled = true;
    };
    const again = () => {
      stop();
      event = world.after(delayMs ?? 0, run);
    };
    return handleOf(stop, again);
  };
  const often = (run: () => void, intervalMs: number | undefined) => {
    let event = world.after(intervalMs ?? 1, beat);
    function beat(): void {
      event = world.after(intervalMs ?? 1, beat);
      run();
    }
    const halt = () => {
      event.cancelled = true;
    };
    const again = () => {
      halt();
      event = world.after(intervalMs ?? 1, beat);
    };
    return handleOf(halt, again);
  };
  const stop = (realStop: (timer: NodeJS.Timeout) => void) => (timer: unknown) => {
    if (isTimer(timer)) timer.stop();
    else realStop(timer as NodeJS.Timeout);
  };
  type Callback = (...all: unknown[]) => void;
  Object.assign(globalThis, {
    setTimeout: (run: Callback, delayMs?: number, ...all: unknown[]) =>
      world.current === undefined
        ? real.setTimeout(run, delayMs, ...all)
        : later(() => run(...all), delayMs),
    setInterval: (run: Callback, delayMs?: number, ...all: unknown[]) =>
      world.current === undefined
        ? real.setInterval(run, delayMs, ...all)
        : often(() => run(...all), delayMs),
    clearTimeout: stop(real.clearTimeout),
    clearInterval: stop(real.clearInterval),
  });
  timers.setTimeout = ((delayMs, value, options) =>
    world.current === undefined
      ? real.sleep(delayMs, value, options)
      : sleep(world, { delayMs, value, signal: options?.signal })) as typeof timers.setTimeout;
}

function sleep<Value>(
  world: World,
  nap: {
    readonly delayMs: number | undefined;
    readonly value: Value;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Value> {
  const { signal, value } = nap;
  return new Promise((resolve, reject) => {
    const abort = () => {
      event.cancelled = true;
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const event = world.after(nap.delayMs ?? 0, () => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function installClocks(world: World): void {
  // The wall clock may jump; what counts from the start of the machine does not.
  Date.now = () =>
    world.current === undefined ? real.now() : wallClockMs(world, world.current.machine);
  performance.now = () => (world.current === undefined ? real.monotonicMs() : world.nowMs);
  process.hrtime.bigint = () =>
    world.current === undefined ? real.hrtime() : BigInt(Math.round(world.nowMs * 1e6));
}

/** What the wall clock of a machine shows, in whole milliseconds. */
export function wallClockMs(world: World, machine: { readonly clockOffsetMs: number }): number {
  return Math.floor(EPOCH_MS + world.nowMs + machine.clockOffsetMs);
}

function virtualUuid(world: World): string {
  const digits = Array.from({ length: 32 }, () => world.random('ids').nextBelow(16).toString(16));
  return digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `again` lets its time begin anew. */
function handleOf(stop: () => void, again: () => void) {
  const refresh = () => {
    again();
    return handle;
  };
  const handle = { stop, refresh, ref: () => handle, unref: () => handle, hasRef: () => true };
  return handle;
}

function isTimer(timer: unknown): timer is Timer {
  return typeof timer === 'object' && timer !== null && 'stop' in timer;
}
