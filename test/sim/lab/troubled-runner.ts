// SPDX-License-Identifier: Apache-2.0
/** The scripted runner on a host that is slow at times, and at times fails or dies of a trial. */
import { createScriptedRunner, type RunResult } from '@labsweep/agent';
import type { Lab, SimHost } from './lab.js';

const AWAY_MS_MAX = 20_000;

export function troubledRunner(lab: Lab, host: SimHost): ReturnType<typeof createScriptedRunner> {
  const runner = createScriptedRunner();
  return {
    ...runner,
    run: async (order, signal) => {
      if (host.slownessMs > 0) await lab.world.sleep(host.slownessMs);
      signal.throwIfAborted();
      if (host.deathsLeft > 0) return die(lab, host);
      if (host.labFailuresLeft === 0) return runner.run(order, signal);
      host.labFailuresLeft -= 1;
      return failed();
    },
  };
}

/** Its agent or the machine itself, which comes back before long. */
function die(lab: Lab, host: SimHost): Promise<never> {
  const { world } = lab;
  const { process, machine } = host;
  host.deathsLeft -= 1;
  host.deaths += 1;
  world.count('host dies in a trial');
  const isMachine = world.chance('deaths', 0.5);
  world.outsideAfter(1, () => {
    lab.trace.say('FAULT', `${isMachine ? '' : 'the agent of '}${machine.name} dies of its trial`);
    if (isMachine) lab.losePower(machine, [process]);
    else lab.kill(process);
  });
  world.outsideAfter(world.between('deaths', 2, AWAY_MS_MAX), () => {
    if (isMachine) host.boots += 1;
    lab.startAgent(host);
  });
  return new Promise(() => {});
}

function failed(): RunResult {
  const failure = { class: 'spawn-failed' as const, message: 'the simulation says so' };
  const outcome = { status: 'lab-failed' as const, failure, samples: [], facts: {} };
  return { outcome: { ...outcome, consoleTail: '' }, environment: 'scripted' };
}
