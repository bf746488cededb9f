// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { EnvironmentSpec, Plan } from '@labsweep/proto';
import { DEFAULT_GUEST, DEFAULT_NATIVE, seededRandom } from '@labsweep/proto';
import { testSeed } from '../testing/test-seed.js';
import { estimatePlanMs } from './estimate-plan.js';
import { planSweep } from './plan-sweep.js';
import { kernelNames, makeSpec, randomSpec } from './testing/random-spec.js';

const SPECS_TRIED = 200;

const QEMU: EnvironmentSpec = {
  environment: 'qemu',
  shapes: [
    { smp: 1, memoryMib: 512 },
    { smp: 2, memoryMib: 512 },
  ],
  kernels: kernelNames(4),
  commandLine: '',
  deadlineMs: 300_000,
  estimateMs: 10_000,
  guest: DEFAULT_GUEST,
  native: DEFAULT_NATIVE,
};

function plan(parts: Partial<Parameters<typeof makeSpec>[0]> = {}): Plan {
  const small = { environments: [QEMU], kernels: kernelNames(4), repetitions: 3, seed: 1 };
  return planSweep(makeSpec({ ...small, ...parts }));
}

test('Each row is in each repetition once, and each kernel in each block once.', (context) => {
  const random = seededRandom({ seed: testSeed(context), purpose: 'specs for the planner' });
  for (let tried = 0; tried < SPECS_TRIED; tried += 1) {
    const spec = randomSpec(random);
    const { rows, blocks, trialCount } = planSweep(spec);
    const shapes = spec.environments.flatMap((environment) => environment.shapes);
    assert.deepEqual(
      rows.map((row) => row.shape),
      shapes,
    );
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length, 'row ids are unique');
    const wanted = rows.flatMap((row) =>
      Array.from({ length: spec.repetitions }, (_, index) => `${row.id}/r${index + 1}`),
    );
    assert.deepEqual(blocks.map((block) => block.id).sort(), wanted.sort());
    for (const block of blocks) {
      const row = rows.find((each) => each.id === block.row);
      assert.equal(block.id, `${block.row}/r${block.repetition}`);
      const kernels = block.trials.map((trial) => trial.kernel);
      assert.deepEqual([...kernels].sort(), [...(row?.kernels ?? [])].sort());
      const ids = block.trials.map((trial) => trial.id);
      assert.deepEqual(
        ids,
        kernels.map((kernel) => `${block.id}/${kernel}`),
      );
    }
    const trials = blocks.flatMap((block) => block.trials);
    assert.equal(trialCount, trials.length);
    assert.deepEqual(planSweep(spec), { rows, blocks, trialCount }, 'same spec, same plan');
  }
});

test('All rows have had a repetition before one gets the next.', () => {
  assert.deepEqual(
    plan().blocks.map(({ id }) => id),
    [
      'qemu-smp1/r1',
      'qemu-smp2/r1',
      'qemu-smp1/r2',
      'qemu-smp2/r2',
      'qemu-smp1/r3',
      'qemu-smp2/r3',
    ],
  );
});

test('Another seed shuffles some block otherwise.', () => {
  // 12 repetitions of two rows have 24 factorial to the sixth orders, so a tie is no chance.
  assert.notDeepEqual(plan({ repetitions: 12 }).blocks, plan({ repetitions: 12, seed: 2 }).blocks);
});

test('More rows and repetitions leave the blocks that were planned as they are.', () => {
  const scripted = { ...QEMU, environment: 'scripted' } as const;
  const larger = plan({ environments: [scripted, QEMU], repetitions: 9 });
  const byId = new Map(larger.blocks.map((block) => [block.id, block]));
  for (const block of plan().blocks) assert.deepEqual(byId.get(block.id), block);
});

test('The listed order is the order of the list, in each block.', () => {
  for (const { trials } of plan({ order: 'listed' }).blocks) {
    assert.deepEqual(
      trials.map(({ kernel }) => kernel),
      QEMU.kernels,
    );
  }
});

test('Rows that would share an id all get a letter, in the order of the spec.', () => {
  const small = { ...QEMU, shapes: [{ smp: 2, memoryMib: 256 }] };
  const quiet = { ...QEMU, shapes: [{ smp: 2, memoryMib: 512 }], commandLine: 'quiet' };
  const { rows } = plan({ environments: [QEMU, small, quiet] });
  assert.deepEqual(
    rows.map(({ id, shape, commandLine }) => `${id} ${shape.memoryMib} ${commandLine}`),
    ['qemu-smp1 512 ', 'qemu-smp2-a 512 ', 'qemu-smp2-b 256 ', 'qemu-smp2-c 512 quiet'],
  );
});

test('The estimate adds up the trials, each by the guess of its row.', () => {
  const native = {
    ...QEMU,
    environment: 'native',
    kernels: kernelNames(1),
    estimateMs: 500,
  } as const;
  // 3 repetitions of 2 rows: 4 kernels of 10 s, and 1 kernel of 0.5 s.
  assert.equal(estimatePlanMs(plan({ environments: [QEMU, native] })), 3 * 2 * (40_000 + 500));
});

test('Audits come first and attributions last; the timing blocks stay as they are.', () => {
  const native = { ...QEMU, environment: 'native', shapes: [{ smp: 1, memoryMib: 0 }] } as const;
  const small = {
    environments: [QEMU, native],
    kernels: kernelNames(4),
    repetitions: 2,
    seed: 1,
  };
  const spec = {
    ...makeSpec(small),
    audit: { repetitions: 2 },
    attribution: { repetitions: 1, functions: ['change_protection'] },
  };
  const { rows, blocks, trialCount } = planSweep(spec);
  assert.deepEqual(
    rows.map(({ id, purpose, of }) => `${id} ${purpose} ${of}`),
    [
      'qemu-smp1 timing qemu-smp1',
      'qemu-smp2 timing qemu-smp2',
      'native-smp1 timing native-smp1',
      'qemu-smp1-audit audit qemu-smp1',
      'qemu-smp2-audit audit qemu-smp2',
      'native-smp1-audit audit native-smp1',
      'qemu-smp1-attribution attribution qemu-smp1',
      'qemu-smp2-attribution attribution qemu-smp2',
    ],
  );
  const plain = planSweep(makeSpec(small));
  assert.deepEqual(blocks.slice(6, 12), plain.blocks);
  assert.deepEqual(
    blocks.slice(0, 6).map(({ id }) => id),
    [1, 2].flatMap((repetition) =>
      ['qemu-smp1', 'qemu-smp2', 'native-smp1'].map((row) => `${row}-audit/r${repetition}`),
    ),
  );
  assert.deepEqual(
    blocks.slice(12).map(({ id }) => id),
    ['qemu-smp1-attribution/r1', 'qemu-smp2-attribution/r1'],
  );
  const ids = blocks.flatMap((block) => block.trials.map((trial) => trial.id));
  assert.equal(new Set(ids).size, trialCount);
  for (const row of rows) assert.deepEqual(row.kernels, kernelNames(4));
});
