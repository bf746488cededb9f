// SPDX-License-Identifier: Apache-2.0
/**
 * Answers as the workload's arguments say, in the language of script.ts: for simulation,
 * demonstrations of scale and benchmarks. It starts no process, and its answers go the same way as
 * real ones.
 */
import { strict as assert } from 'node:assert';
import { DEFAULT_OUTPUT, messageOf } from '@labsweep/proto';
import type { ProgramEnd, Transcript } from '../transcript.js';
import type { TrialEvidence } from '../trial-evidence.js';
import { validateTrial } from '../validate.js';
import { sleepUnder } from './abortable-sleep.js';
import type { Runner, RunResult, TrialOrder } from './runner.js';
import { type Noisy, parseScript, ruleFor, type Script, type ScriptRule } from './script.js';
import { seededNoise } from './seeded-noise.js';
import { requirementsOf } from './trial-requirements.js';

/** What a program says by its exit code when its arguments are wrong. */
const EXIT_USAGE = 2;
const encoder = new TextEncoder();

export function createScriptedRunner(): Runner {
  const failedOnce = new Set<string>();
  return {
    kind: 'scripted',
    probe: async () => [
      { environment: 'scripted', available: true, reason: 'answers as its arguments say' },
    ],
    run: (order, signal) => run({ failedOnce, order, signal }),
    close: async () => {},
  };
}

interface Run {
  /** Rules of `--fail-once` that have had their turn, with the trial. */
  readonly failedOnce: Set<string>;
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
}

async function run({ failedOnce, order, signal }: Run): Promise<RunResult> {
  assert.equal(order.environment, 'scripted', `${order.environment} is not for this runner`);
  signal.throwIfAborted();
  const script = readScript(order);
  if (typeof script === 'string') return answer(order, wrongUsage(order, script));
  const rule = takeRule({ script, order, failedOnce });
  const askedMs = Math.max(0, draw(script.durationMs, `${order.trial} duration`));
  const isStalled = rule?.action.kind === 'stall' || askedMs > order.deadlineMs;
  const durationMs = isStalled ? order.deadlineMs : askedMs;
  await sleepUnder(signal, durationMs);
  if (isStalled) return answer(order, stalled(order, durationMs));
  return answer(order, play({ script, order, rule }));
}

/** All trials of a lease have the same arguments. */
const scripts = new WeakMap<readonly string[], Script | string>();

function readScript({ workload }: TrialOrder): Script | string {
  const known = scripts.get(workload.arguments);
  if (known !== undefined) return known;
  const script = parseOrExplain(workload.arguments);
  scripts.set(workload.arguments, script);
  return script;
}

function parseOrExplain(words: readonly string[]): Script | string {
  try {
    return parseScript(words);
  } catch (error) {
    return messageOf(error);
  }
}

function takeRule(seen: Omit<Run, 'signal'> & { script: Script }): ScriptRule | undefined {
  const { script, order, failedOnce } = seen;
  const rule = ruleFor(script, { kernel: order.kernel, repetition: repetitionOf(order) });
  if (rule?.action.kind !== 'fail' || !rule.action.isOnce) return rule;
  const key = `${rule.text} ${order.trial}`;
  if (failedOnce.has(key)) return undefined;
  failedOnce.add(key);
  return rule;
}

/** The same for the same name. */
function draw({ base, spread }: Noisy, name: string): number {
  return spread === 0 ? base : base + spread * seededNoise(name);
}

/** A trial id is row, repetition and kernel: `qemu-smp2/r3/v6.17`. */
function repetitionOf({ trial }: TrialOrder): number {
  return Number(/\/r(\d+)\//.exec(trial)?.[1] ?? 1);
}

function play(turn: { script: Script; order: TrialOrder; rule: ScriptRule | undefined }) {
  const { script, order, rule } = turn;
  const action = rule?.action;
  if (action?.kind === 'exit') {
    return { transcript: transcriptOf(order, { end: { kind: 'exited', code: action.code } }) };
  }
  const line = resultLine(script, order);
  const transcript = transcriptOf(order, { stdout: [line], end: { kind: 'exited', code: 0 } });
  if (action?.kind !== 'fail') return { transcript };
  const message = `the script says so: ${rule?.text}`;
  return { transcript, labTrouble: { class: action.class, message } };
}

function resultLine(script: Script, order: TrialOrder): string {
  const factor = script.factors.get(order.kernel) ?? 1;
  const pairs = script.values.map((value) => {
    const drawn = factor * draw(value, `${order.trial} ${value.metric}`);
    return ` ${value.metric}=${drawn.toFixed(3)}`;
  });
  return `result scenario=scripted${pairs.join('')}`;
}

function stalled(order: TrialOrder, afterMs: number): TrialEvidence {
  const transcript = { ...transcriptOf(order, {}), complete: false };
  return { transcript, stopped: { afterMs, limit: 'deadline' } };
}

function wrongUsage(order: TrialOrder, message: string): TrialEvidence {
  const end = { kind: 'exited', code: EXIT_USAGE } as const;
  return { transcript: transcriptOf(order, { stderr: [message], end }) };
}

function transcriptOf(
  order: TrialOrder,
  said: { stdout?: readonly string[]; stderr?: readonly string[]; end?: ProgramEnd },
): Transcript {
  const facts = {
    kernel_release: order.kernelImage?.release ?? order.kernel,
    online_cpus: String(order.shape.smp),
    cmdline: order.commandLine,
  };
  return { facts, stdout: [], stderr: [], complete: true, ...said };
}

function answer(order: TrialOrder, evidence: TrialEvidence): RunResult {
  // It prints in one way only, whatever the program that it stands for would print.
  const asked = { ...requirementsOf(order), output: DEFAULT_OUTPUT };
  const outcome = validateTrial(asked, { ...evidence, consoleTail: '' });
  const { stdout, stderr } = evidence.transcript;
  const output = encoder.encode([...stdout, ...stderr, ''].join('\n'));
  return { outcome, environment: 'scripted', output };
}
