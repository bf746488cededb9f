// SPDX-License-Identifier: Apache-2.0
/** The scripted runner on a host that is slow at times, and at times fails for its own reasons. */
import { createScriptedRunner, type RunResult } from '@labsweep/agent';
import type { Lab, SimHost } from './lab.js';

export function troubledRunner(lab: Lab, host: SimHost): ReturnType<typeof createScriptedRunner> {
  const runner = createScriptedRunner();
  return {
    ...runner,
    run: async (order, signal) => {
      if (host.slownessMs > 0) await lab.world.sleep(host.slownessMs);
      signal.throwIfAborted();
      if (host.labFailuresLeft === 0) return runner.run(order, signal);
      host.labFailuresLeft -= 1;
      return failed();
    },
  };
}

function failed(): RunResult {
  const failure = { class: 'spawn-failed' as const, message: 'the simulation says so' };
  const outcome = { status: 'lab-failed' as const, failure, samples: [], facts: {} };
  return { outcome: { ...outcome, consoleTail: '' }, environment: 'scripted' };
}
