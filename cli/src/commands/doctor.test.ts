// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: the doctor says what is so and what mends it, on machines that we do not have. Method:
 * golden files of two machines, and a run on this one. LABSWEEP_UPDATE_GOLDEN=1 rewrites the files.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BARE_GUEST, HYBRID_METAL, withTree } from '../testing/host-trees.js';
import { doctorCommand } from './doctor.js';

const SEARCH_PATH = '/usr/sbin:/usr/bin';
const LABSWEEP = fileURLToPath(new URL('../../bin/labsweep.js', import.meta.url));

function assertGolden(name: string, actual: string): void {
  const file = fileURLToPath(new URL(`../../testdata/${name}`, import.meta.url));
  if (process.env.LABSWEEP_UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, 'utf8'), `${name}; LABSWEEP_UPDATE_GOLDEN=1 rewrites it`);
}

/** ASCII, and narrow enough for a terminal and a mail. */
function assertPlain(text: string): void {
  for (const line of text.split('\n')) {
    assert.match(line, /^[\x20-\x7e]{0,100}$/, `not plain, or ${line.length} columns: ${line}`);
  }
}

describe('the state of a box, topic by topic', () => {
  for (const [name, tree] of Object.entries({
    'bare-guest': BARE_GUEST,
    'hybrid-metal': HYBRID_METAL,
  })) {
    test(`of a ${name}`, () => {
      withTree(tree, (root) => {
        const text = doctorCommand({ root, searchPath: SEARCH_PATH, json: false });
        assertPlain(text);
        assertGolden(`doctor-${name}.txt`, text);
      });
    });
  }

  test('with what a guest has shown that was booted under KVM', () => {
    withTree(HYBRID_METAL, (root) => {
      const place = { root, searchPath: SEARCH_PATH, json: false };
      const lineOf = (kvm: { available: boolean; reason: string }) =>
        doctorCommand({ ...place, kvm }).replaceAll(/\s+/g, ' ');
      const dies = { available: false, reason: 'KVM is unusable: a guest of 512 bytes was silent' };
      assert.match(
        lineOf(dies),
        /virtualization note .*; KVM is unusable: a guest of 512 bytes was silent guests are emulated/,
      );
      const lives = { available: true, reason: 'a guest booted to its marker under KVM' };
      assert.match(lineOf(lives), /virtualization ok .*; a guest booted to its marker under KVM/);
    });
  });

  test('as one JSON document with the facts behind each verdict', () => {
    withTree(HYBRID_METAL, (root) => {
      const found = JSON.parse(doctorCommand({ root, searchPath: SEARCH_PATH, json: true }));
      assert.equal(found.schema, 'labsweep-doctor-1');
      const governor = found.topics.find((one: { topic: string }) => one.topic === 'governor');
      assert.equal(governor.verdict, 'mend');
      assert.equal(governor.facts.scaling_driver, 'intel_pstate');
    });
  });

  test('its commands are good shell, also where they are broken into lines', () => {
    withTree(HYBRID_METAL, (root) => {
      const text = doctorCommand({ root, searchPath: SEARCH_PATH, json: false });
      const script = text.split('\n').filter((line) => /^ {4}\S/.test(line));
      const shell = spawnSync('sh', ['-n'], { input: script.join('\n'), encoding: 'utf8' });
      const prose = 'plug in the power supply';
      assert.ok(script.some((line) => line.includes(prose)));
      assert.equal(shell.stderr, '');
    });
  });

  test('of this very machine, as a user runs it', () => {
    const run = spawnSync(process.execPath, [LABSWEEP, 'doctor'], { encoding: 'utf8' });
    assert.deepEqual([run.status, run.stderr], [0, '']);
    assertPlain(run.stdout);
    for (const topic of ['governor', 'clock', 'kernel-log', 'steal', 'gcc', 'numactl']) {
      assert.match(run.stdout, new RegExp(`^${topic} +(ok|mend|note)`, 'm'));
    }
    assert.match(run.stdout, new RegExp(`^kernel +(ok|note) +${kernelRelease()},`, 'm'));
  });
});

function kernelRelease(): string {
  return readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim().replaceAll('.', '\\.');
}
