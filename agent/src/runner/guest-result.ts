// SPDX-License-Identifier: Apache-2.0
/**
 * Turns what a guest left in its two files, and how its QEMU ended, into the result of the trial.
 */
import type { Outcome } from '@labsweep/proto';
import { type ConsoleReading, readConsole } from '../classify-console.js';
import { tailOfConsole } from '../console-tail.js';
import { readFunctionProfile } from '../function-profile.js';
import { readGuestFrames } from '../guest-frames.js';
import type { Facts } from '../io/host-tree.js';
import { readMemoryState } from '../memory-state.js';
import type { Transcript } from '../transcript.js';
import type { GuestRequirements, Trouble } from '../trial-evidence.js';
import { validateTrial } from '../validate.js';
import type { MachineEnd } from './guest-machine.js';
import type { GuestLimit } from './guest-watch.js';
import type { RunResult, TrialOrder } from './runner.js';
import { requirementsOf } from './trial-requirements.js';

export function guestResult(seen: {
  readonly order: TrialOrder;
  readonly console: Uint8Array;
  readonly output: Uint8Array;
  readonly end: MachineEnd;
  /** What QEMU was told to build. */
  readonly asked: GuestRequirements;
  /** Of the host, the boot and QEMU; kept beside what the guest says. */
  readonly machineFacts: Facts;
  /** Which limit stopped the guest, if any did. */
  readonly limit: GuestLimit;
}): RunResult {
  const { order, console, output, end, limit } = seen;
  const heard = readGuestFrames(new TextDecoder().decode(output));
  const transcript = { ...heard, facts: { ...heard.facts, ...seen.machineFacts } };
  const reading = readConsole(new TextDecoder().decode(console));
  const labTrouble = transcript.complete ? undefined : troubleOf(end, { order, reading });
  const outcome = validateTrial(
    { ...requirementsOf(order), guest: seen.asked },
    {
      transcript,
      console: reading,
      consoleTail: tailOfConsole(console),
      shutdownReason: end.shutdownReason,
      ...(end.wasStopped && { stopped: { afterMs: end.durationMs, limit } }),
      ...(labTrouble !== undefined && { labTrouble }),
    },
  );
  const extras = readExtras(transcript);
  return {
    outcome: { ...outcome, ...extras.outcome, facts: { ...outcome.facts, ...extras.facts } },
    environment: order.environment,
    console,
    output,
    ...(extras.dump !== undefined && { dump: extras.dump }),
  };
}

interface Extras {
  readonly outcome: Pick<Outcome, 'state' | 'profile'>;
  readonly facts: Facts;
  readonly dump?: Uint8Array;
}

/** What only an audit or an attribution brings; they are kept also where the trial failed. */
function readExtras({ state, profile }: Transcript): Extras {
  if (state !== undefined) {
    return { outcome: { state: readMemoryState(state) }, facts: {}, dump: encode(state) };
  }
  if (profile === undefined) return { outcome: {}, facts: {} };
  const reading = readFunctionProfile(profile);
  return { outcome: { profile: reading.profile }, facts: reading.facts, dump: encode(profile) };
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

/** A QEMU that is killed while its kernel runs has started well; what is lost is the rest. */
function troubleOf(
  end: MachineEnd,
  seen: { readonly order: TrialOrder; readonly reading: ConsoleReading },
): Trouble | undefined {
  const { problem, trouble, isKvmProblem, wasKilled } = end;
  if (trouble !== undefined) return trouble;
  if (problem === undefined) return undefined;
  if (seen.order.environment === 'qemu-kvm' && isKvmProblem) {
    return { class: 'accelerator-mismatch', message: problem };
  }
  if (seen.order.guest.hugePages && /Cannot allocate memory/.test(problem)) {
    return { class: 'spawn-failed', message: `${problem}; ${adviseHugePages(seen.order)}` };
  }
  const wasRunning = wasKilled && seen.reading.stage !== 'firmware';
  return { class: wasRunning ? 'truncated' : 'spawn-failed', message: problem };
}

const HUGE_PAGE_MIB = 2;

function adviseHugePages({ shape }: TrialOrder): string {
  const pages = Math.ceil(shape.memoryMib / HUGE_PAGE_MIB);
  return `reserve huge pages for it by \`sysctl vm.nr_hugepages=${pages}\` on the host`;
}
