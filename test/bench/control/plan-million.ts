// SPDX-License-Identifier: Apache-2.0
/**
 * A program: plans a million trials in a process of its own, and asks for every one of them once.
 * Prints one line of JSON.
 */
import { parseSpec, planSweep } from '@labsweep/controller';
import { specOf } from './million.js';

const TRIALS = 1_000_000;
const startMs = performance.now();
const parsed = parseSpec({ text: specOf(TRIALS), path: 'million.toml' });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const plan = planSweep(parsed.spec);
let characters = 0;
for (const block of plan.blocks) {
  for (const { id } of block.trials) characters += id.length;
}
const planMs = performance.now() - startMs;
const peakKib = process.resourceUsage().maxRSS;
console.log(JSON.stringify({ planMs, peakKib, trials: plan.trialCount, characters }));
