// SPDX-License-Identifier: Apache-2.0
/** Evidence in a sweep's folder: each kind in a folder of its own. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type {
  BlockId,
  HostId,
  KernelName,
  Sha256,
  SweepId,
  TrialEnded,
  TrialId,
} from '@labsweep/proto';
import { writeConfigs, writeEvidence } from './write-results.js';

const OUTPUT = 'a'.repeat(64) as Sha256;
const DUMP = 'b'.repeat(64) as Sha256;

function auditTrial(): TrialEnded {
  return {
    type: 'trial-ended',
    sweep: 's' as SweepId,
    block: 'qemu-smp1-audit/r1' as BlockId,
    trial: 'qemu-smp1-audit/r1/v6.17' as TrialId,
    kernel: 'v6.17' as KernelName,
    attempt: 2,
    host: 'h' as HostId,
    hostName: 'box1',
    session: 'box1-1',
    environment: 'qemu-tcg',
    purpose: 'audit',
    startedAtMs: 0,
    durationMs: 1,
    outcome: { status: 'measured', samples: [], facts: {}, consoleTail: '' },
    evidence: { output: OUTPUT, dump: DUMP },
  };
}

test('the dump of an audit trial is kept in a folder named for its purpose', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-evidence-'));
  context.after(() => rm(folder, { recursive: true }));
  const fetch = async (sha256: Sha256) => Buffer.from(sha256 === DUMP ? '== smaps\n' : 'result\n');
  assert.equal(await writeEvidence(folder, auditTrial(), fetch), undefined);
  assert.deepEqual((await readdir(folder)).toSorted(), ['audit', 'output']);
  const dump = await readFile(join(folder, 'audit', 'qemu-smp1-audit-r1-v6.17-a2.txt'), 'utf8');
  assert.equal(dump, '== smaps\n');
});

test('a dump that cannot be had is a warning that names the trial', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-evidence-'));
  context.after(() => rm(folder, { recursive: true }));
  const fetch = async (sha256: Sha256): Promise<Uint8Array> => {
    if (sha256 === DUMP) throw new Error('artifact is gone');
    return Buffer.from('');
  };
  assert.match(
    (await writeEvidence(folder, auditTrial(), fetch)) ?? '',
    /^evidence of qemu-smp1-audit\/r1\/v6\.17 is missing in the folder: artifact is gone/,
  );
});

test('output that came with its outcome is written like any other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-evidence-'));
  try {
    const entry = { ...auditTrial(), evidence: { outputText: 'result ns=1\n' } };
    const fetch = () => Promise.reject(new Error('there is nothing to fetch'));
    assert.equal(await writeEvidence(folder, entry, fetch), undefined);
    const text = await readFile(join(folder, 'output', 'qemu-smp1-audit-r1-v6.17-a2.txt'), 'utf8');
    assert.equal(text, 'result ns=1\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('configurations lie beside each other by the name of their kernel', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-configs-'));
  context.after(() => rm(folder, { recursive: true }));
  const config = { sha256: OUTPUT, sizeBytes: 1 };
  const kernels = [
    { name: 'v6.17' as KernelName, source: 'host', config },
    { name: 'unknown' as KernelName, source: 'host' },
  ];
  assert.equal(await writeConfigs(folder, kernels, async () => Buffer.from('A=y')), undefined);
  assert.deepEqual(await readdir(join(folder, 'kernels')), ['v6.17.config']);
  assert.equal(await readFile(join(folder, 'kernels', 'v6.17.config'), 'utf8'), 'A=y');
  const lost = () => Promise.reject(new Error('artifact is gone'));
  assert.match(
    (await writeConfigs(folder, kernels, lost)) ?? '',
    /^the configuration of a kernel is missing in the folder: artifact is gone/,
  );
});
