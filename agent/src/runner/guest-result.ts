// SPDX-License-Identifier: Apache-2.0
/**
 * Turns what a guest left in its two files, and how its QEMU ended, into the result of the trial.
 */
import { readConsole } from '../classify-console.js';
import { tailOfConsole } from '../console-tail.js';
import { readGuestFrames } from '../guest-frames.js';
import type { Facts } from '../io/host-tree.js';
import type { Trouble } from '../trial-evidence.js';
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
  /** Of the host, the boot and QEMU; kept beside what the guest says. */
  readonly machineFacts: Facts;
  /** Which limit stopped the guest, if any did. */
  readonly limit: GuestLimit;
}): RunResult {
  const { order, console, output, end, limit } = seen;
  const heard = readGuestFrames(new TextDecoder().decode(output));
  const transcript = { ...heard, facts: { ...heard.facts, ...seen.machineFacts } };
  const labTrouble = transcript.complete ? undefined : troubleOf(end, order);
  const outcome = validateTrial(requirementsOf(order), {
    transcript,
    console: readConsole(new TextDecoder().decode(console)),
    consoleTail: tailOfConsole(console),
    ...(end.wasStopped && { stopped: { afterMs: end.durationMs, limit } }),
    ...(labTrouble !== undefined && { labTrouble }),
  });
  return { outcome, environment: order.environment, console, output };
}

function troubleOf(end: MachineEnd, order: TrialOrder): Trouble | undefined {
  if (end.trouble !== undefined) return end.trouble;
  if (end.problem === undefined) return undefined;
  const isKvm = order.environment === 'qemu-kvm' && end.isKvmProblem;
  return { class: isKvm ? 'accelerator-mismatch' : 'spawn-failed', message: end.problem };
}
