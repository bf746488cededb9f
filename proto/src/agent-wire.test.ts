// SPDX-License-Identifier: Apache-2.0
/** Every message goes through the real serialisers of the .proto files and comes back the same. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { AgentMessage, ControllerMessage, Lease } from './agent-messages.js';
import {
  readAgentMessage,
  readControllerMessage,
  readControllerMessages,
  writeAgentMessage,
  writeControllerMessage,
  writeControllerMessages,
} from './agent-wire.js';
import { AgentService } from './schema.js';
import { DEFAULT_GUEST, DEFAULT_NATIVE } from './trial-settings.js';

const method = AgentService.service.Attach;

const lease = {
  lease: 'lease-1',
  sweep: 'window-1a2b3c4d',
  block: 'qemu-smp2/r1',
  attempt: 2,
  environment: 'qemu-tcg',
  purpose: 'attribution',
  epoch: 7,
  durationMs: 15_000,
  shape: { smp: 2, memoryMib: 1024 },
  commandLine: 'tsc=unstable',
  deadlineMs: 300_000,
  hygiene: 'enforce',
  preparations: ['move-interrupts', 'swap-off'],
  guest: { ...DEFAULT_GUEST, numaNodes: 2, boot: 'plain', trims: ['acpi-off'] },
  native: { ...DEFAULT_NATIVE, cpus: '2-5', numaNode: 0, scheduler: 'fifo:10' },
  functions: ['change_protection'],
  workload: {
    name: 'toggle',
    sha256: 'b'.repeat(64),
    compiler: 'gcc 12.2.0',
    flags: ['-O2', '-static'],
    arguments: ['--iterations', '200'],
    variables: { LANG: 'C' },
    files: [{ name: 'input.dat', sha256: 'c'.repeat(64) }],
    output: { adapter: 'regex', pattern: '(?<ns>\\d+)', rowKeys: ['size'] },
    metrics: ['iteration_ns_per_page'],
    expectations: [{ metric: 'unexpected_results', operator: '==', value: 0 }],
  },
  trials: [
    { trial: 't1', kernel: 'v6.17', image: { sha256: 'a'.repeat(64), release: '6.17.13' } },
    { trial: 't2', kernel: 'running' },
  ],
} as unknown as Lease;

const agentMessages = [
  {
    kind: 'hello',
    hello: {
      protocol: 1,
      session: 's',
      instance: 'state',
      bootId: 'boot',
      startedAtMs: 5,
      acknowledgedSequence: 9,
      seen: { term: 7, reign: 'a' },
      host: {
        id: 'h',
        name: 'box',
        capacity: { cpus: 2, memoryMib: 4096 },
        supports: [{ environment: 'qemu-kvm', available: false, reason: 'guest died' }],
        facts: { governor: 'absent' },
        permissions: ['tune'],
        labels: ['rack=7'],
      },
      holding: [
        {
          lease: 'l',
          sweep: 's',
          block: 'b',
          attempt: 1,
          environment: 'native',
          epoch: 4,
          trial: 't',
        },
        { lease: 'm', sweep: 's', block: 'c', attempt: 1, environment: 'native', epoch: 5 },
      ],
      unsettled: ['id-1'],
      trouble: 'the disk is full',
    },
  },
  { kind: 'unsettled', messageIds: ['id-1', 'id-2'] },
  { kind: 'alive', spooled: 3, trouble: '' },
  { kind: 'renew', lease: 'l', epoch: 5 },
  { kind: 'renew', lease: 'l', epoch: 5, trial: 't' },
  { kind: 'trial-started', lease: 'l', trial: 't' },
  { kind: 'block-ended', lease: 'l', end: 'finished', reason: '' },
  { kind: 'block-ended', lease: 'l', end: 'unready', reason: 'load: 2 other tasks' },
] as unknown as AgentMessage[];

const controllerMessages = [
  {
    kind: 'welcome',
    natsUrl: 'nats://127.0.0.1:1',
    aliveIntervalMs: 2000,
    term: 7,
    reign: 'r',
    folded: ['id-2'],
  },
  { kind: 'refused', reason: 'old' },
  { kind: 'lease', lease },
  { kind: 'revoked', lease: 'l', reason: 'cancelled' },
  { kind: 'folded', messageIds: ['a'], settledIds: ['b', 'c'] },
  { kind: 'settled', messageIds: ['a', 'b'] },
] as unknown as ControllerMessage[];

test('what an agent says arrives as it was said', () => {
  for (const message of agentMessages) {
    const bytes = method.requestSerialize(writeAgentMessage(message));
    assert.deepEqual(readAgentMessage(method.requestDeserialize(bytes)), message);
  }
});

test('the classes of cores of a host arrive as they were said', () => {
  const [hello] = agentMessages;
  assert.ok(hello?.kind === 'hello');
  const hybrid = { performanceCpus: 8, efficiencyCpus: 0 };
  const host = { ...hello.hello.host, capacity: { cpus: 8, memoryMib: 4096, hybrid } };
  const message = { ...hello, hello: { ...hello.hello, host } };
  const bytes = method.requestSerialize(writeAgentMessage(message));
  assert.deepEqual(readAgentMessage(method.requestDeserialize(bytes)), message);
});

test('what the controller says arrives as it was said', () => {
  for (const message of controllerMessages) {
    const bytes = method.responseSerialize(writeControllerMessage(message));
    assert.deepEqual(readControllerMessage(method.responseDeserialize(bytes)), message);
  }
});

test('what the controller says at once arrives in its order, whether or not it travels together', () => {
  const travel = (messages: readonly ControllerMessage[]) => {
    const bytes = method.responseSerialize(writeControllerMessages(messages));
    return readControllerMessages(method.responseDeserialize(bytes));
  };
  assert.deepEqual(travel(controllerMessages), controllerMessages);
  for (const message of controllerMessages) assert.deepEqual(travel([message]), [message]);
});

test('a message without a body and a lease with an unknown environment are refused', () => {
  assert.throws(() => readAgentMessage(method.requestDeserialize(Buffer.alloc(0))), /malformed/);
  const odd = writeControllerMessage({ kind: 'lease', lease });
  const wire = { ...odd, lease: { ...odd.lease, environment: 'vax' } };
  const bytes = method.responseSerialize(wire);
  assert.throws(() => readControllerMessage(method.responseDeserialize(bytes)), /environment/);
});
