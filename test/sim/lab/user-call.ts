// SPDX-License-Identifier: Apache-2.0
/**
 * One call of a user to a controller, by the product's own handlers. On its way it may be lost,
 * come twice, and be answered to nobody.
 */
import { EventEmitter } from 'node:events';
import type { Gate } from '@labsweep/controller';
import type { Process } from '../machine/world.js';
import type { Ask } from './command-script.js';
import type { Lab, SimSeat } from './lab.js';

/** `refused`: the user is told what is wrong with it; `failed`: it is to be tried again. */
export type Answer = 'done' | 'refused' | 'failed';

export interface UserRequest {
  readonly id: string;
  readonly ask: Ask;
}

const LATENCY_MS_MAX = 40;
const LOST_CHANCE = 0.05;
const REPEATED_CHANCE = 0.2;
/** A copy of a call may stay on its way for long. */
const REPEATED_MS_MAX = 20_000;
/** As long as the product's own client waits, and a little more. */
const LIMIT_MS = 40_000;
/** INVALID_ARGUMENT of gRPC. */
const REFUSED = 3;

/** Calls back once. */
export function callController(
  lab: Lab,
  seat: SimSeat,
  request: UserRequest,
  onAnswer: (answer: Answer) => void,
): void {
  const { world, network, userProcess } = lab;
  let answered: Answer | undefined;
  const finish = (answer: Answer) => {
    if (answered !== undefined) return;
    answered = answer;
    onAnswer(answer);
  };
  const latency = () => world.between('user', 0, LATENCY_MS_MAX);
  const isLost = () => network.faulty && world.chance('user', LOST_CHANCE);
  const { process, controller } = seat;
  const isReached = process?.alive === true && !lab.wire.isCut(userProcess, process);
  if (!isReached || controller === undefined) {
    world.outsideAfter(latency(), () => finish('failed'));
    return;
  }
  world.outsideAfter(LIMIT_MS, () => finish('failed'));
  const arrive = () => {
    serve(controller.gate, request, (answer) => {
      if (isLost() || lab.wire.isCut(userProcess, process)) return;
      world.outsideAfter(latency(), () => finish(answer));
    });
  };
  if (isLost()) world.count('user call lost');
  else world.after(latency(), arrive, process);
  if (!network.faulty || !world.chance('user', REPEATED_CHANCE)) return;
  world.count('user call repeated');
  // Who was refused believes it, and may have asked for the opposite since.
  const arriveAgain = () => void (answered === 'refused' || arrive());
  world.after(world.between('user', 0, REPEATED_MS_MAX), arriveAgain, process);
}

function serve(gate: Gate, { id, ask }: UserRequest, onAnswer: (answer: Answer) => void): void {
  const { sweep = '', kind, host = '', row = '', count = 0, kernel = '', source = '' } = ask;
  const call = Object.assign(new EventEmitter(), { write: () => true, end: () => {} });
  call.on('error', (error: unknown) => onAnswer(answerOf(error)));
  const { Command, CommandHost } = gate.handlers.sweep;
  if (sweep === '') {
    const request = { id, by: 'tester', kind, host, kernel, reason: 'the simulation says so' };
    CommandHost(Object.assign(call, { request }) as never, (error) => onAnswer(answerOf(error)));
    return;
  }
  const request = { id, by: 'tester', sweep, kind, row, count, kernel, source, files: {} };
  const end = () => onAnswer('done');
  Command(Object.assign(call, { request, end }) as never);
}

function answerOf(error: unknown): Answer {
  if (error === null || error === undefined) return 'done';
  return (error as { code?: number }).code === REFUSED ? 'refused' : 'failed';
}

/** The machine at which the user sits. */
export function userProcess(machine: Process['machine']): Process {
  return { name: 'user', machine, alive: true, stoppedUntilMs: 0 };
}
