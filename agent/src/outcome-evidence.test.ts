// SPDX-License-Identifier: Apache-2.0
/** Short outputs travel with their outcome; nothing is lost on either way. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sha256Of } from '@labsweep/proto';
import { evidenceIn } from './outcome-evidence.js';

const outcome = { status: 'measured', samples: [], facts: {}, consoleTail: '' } as const;
const result = (output: Uint8Array) => ({ outcome, environment: 'scripted' as const, output });

test('a short output is text in the outcome, and no artifact', () => {
  const output = new TextEncoder().encode('\ufeffresult ns=1 µ\n');
  const { evidence, artifacts } = evidenceIn(result(output));
  assert.deepEqual(new TextEncoder().encode(evidence.outputText), output);
  assert.deepEqual(artifacts, []);
  assert.equal(evidence.output, undefined);
});

test('a long output, and one that is no text, are artifacts', () => {
  for (const output of [new Uint8Array(2_049).fill(65), new Uint8Array([0xff, 0xfe, 0x00])]) {
    const { evidence, artifacts } = evidenceIn(result(output));
    assert.deepEqual(evidence, { output: sha256Of(output) });
    assert.deepEqual(artifacts, [output]);
  }
});
