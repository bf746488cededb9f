// SPDX-License-Identifier: Apache-2.0
/**
 * Turns what a guest left in its two files, and how its QEMU ended, into the result of the trial.
 */
import { type ConsoleReading, readConsole } from '../classify-console.js';
import { tailOfConsole } from '../console-tail.js';
import { readGuestFrames } from '../guest-frames.js';
import type { Facts } from '../io/host-tree.js';
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
  return { outcome, environment: order.environment, console, output };
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
  const wasRunning = wasKilled && seen.reading.stage !== 'firmware';
  return { class: wasRunning ? 'truncated' : 'spawn-failed', message: problem };
}
