// SPDX-License-Identifier: Apache-2.0
/**
 * Takes what users ask of sweeps and hosts after the submission: reads it, resolves the kernel it
 * may name, appends it to the log, and answers when it is folded and kept. The same id again
 * changes nothing.
 */
import {
  type Commanded,
  type HostCommanded,
  messageIdOf,
  type ResolvedKernel,
  type SweepCommand,
  type SweepId,
  UsageError,
} from '@labsweep/proto';
import { type HostCommandRequest, readHostCommand } from '../commands/read-host-command.js';
import {
  type AskedCommand,
  readSweepCommand,
  type SweepCommandRequest,
  unknownSweepText,
} from '../commands/read-sweep-command.js';
import { userName } from '../decision-entry.js';
import type { SweepState } from '../fold/lab-state.js';
import { NotFoundError } from './replies.js';
import type { Submission, SubmissionHooks, SubmissionParts } from './submission.js';
import type { Awaited } from './until-folded.js';

/** Made by the client, so that a repeated request is known as one. */
const COMMAND_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$/;

interface Asked {
  readonly id: string;
  readonly by: string;
}

export type SweepRequest = SweepCommandRequest &
  Asked & { readonly sweep: string; readonly files: Readonly<Record<string, string>> };

export type HostRequest = HostCommandRequest & Asked;

export class CommandDesk {
  constructor(
    private readonly parts: SubmissionParts,
    private readonly submission: Submission,
  ) {}

  /** Throws NotFoundError when there is no such sweep. */
  find(id: string): SweepState {
    const { loop } = this.parts;
    const sweep = loop.sweep(id as SweepId);
    if (sweep !== undefined) return sweep;
    throw new NotFoundError(
      unknownSweepText(
        id,
        loop.summaries().map(({ sweep: known }) => known),
      ),
    );
  }

  /**
   * Settles when the command is folded and kept. Throws UsageError for what the user can mend,
   * LabsweepError for the rest.
   */
  async askSweep(request: SweepRequest, hooks: SubmissionHooks): Promise<void> {
    const { id, by } = checkAsked(request);
    const sweep = this.find(request.sweep);
    const header = { type: 'commanded' as const, sweep: sweep.submitted.sweep, id, by };
    const messageId = messageIdOf({ ...header, atMs: 0, command: { kind: 'pause' } });
    // Of two users who were heard at once, the second is told what the first has changed.
    const refuseSkipped = () => {
      if (this.parts.loop.commands.isSkipped(messageId)) readSweepCommand(sweep, request);
    };
    if (this.parts.loop.commands.has(messageId)) {
      refuseSkipped();
      return this.untilKept(messageId, header);
    }
    const asked = readSweepCommand(sweep, request);
    // Cancelling is final: asking for it again has nothing to add to the log.
    if (asked.kind === 'cancel' && sweep.cancelledAtMs !== undefined) {
      return this.parts.untilKept(() => true, awaited(header));
    }
    const command = await this.resolve(asked, { sweep, request, hooks });
    // To get a kernel may take long, and others may have asked for something meanwhile.
    readSweepCommand(sweep, request);
    await this.append({ ...header, atMs: Date.now(), command });
    refuseSkipped();
  }

  /** Settles when the command is folded and kept. Throws UsageError for a name that nobody has. */
  async askHost(request: HostRequest): Promise<HostCommanded['command']> {
    const { id, by } = checkAsked(request);
    const { loop } = this.parts;
    const known = loop.commands.ofHosts().find((entry) => entry.id === id);
    if (known !== undefined) {
      await this.untilKept(messageIdOf(known), known);
      return known.command;
    }
    const kernels = loop.kernelNames();
    const names = { hosts: loop.hosts(), kernels, commands: loop.commands };
    const command = readHostCommand(names, request);
    await this.append({ type: 'host-commanded', id, by, atMs: Date.now(), command });
    return command;
  }

  private async resolve(
    asked: AskedCommand,
    to: { sweep: SweepState; request: SweepRequest; hooks: SubmissionHooks },
  ): Promise<SweepCommand> {
    if (asked.kind !== 'add-kernel') return asked;
    const { sweep, request, hooks } = to;
    const { kernel } = asked;
    const guests = sweep.spec.environments.filter(({ environment }) => environment !== 'scripted');
    if (guests.length === 0) {
      return { kind: 'add-kernel', kernel: { name: kernel.name, source: kernel.text } };
    }
    const resolved = await this.submission.resolveKernel(kernel, request.files, hooks);
    refuseWithoutImage(sweep, resolved);
    const among = { spec: sweep.spec, known: sweep.kernels };
    const [compared = resolved] = await this.submission.compareConfigs([resolved], among);
    return { kind: 'add-kernel', kernel: compared };
  }

  private async append(entry: Commanded | HostCommanded): Promise<void> {
    await this.parts.broker.log.append(entry);
    await this.untilKept(messageIdOf(entry), entry);
  }

  /** Also for one that is folded already: who asks again may not have been told that it is kept. */
  private untilKept(messageId: string, about: About): Promise<void> {
    const { loop, untilKept } = this.parts;
    return untilKept(() => loop.commands.has(messageId), awaited(about));
  }
}

type About = { readonly sweep: SweepId } | Pick<HostCommanded, 'type'>;

function awaited(about: About): Awaited {
  const see = 'sweep' in about ? `labsweep history ${about.sweep}` : 'labsweep hosts';
  return { what: 'the command', see };
}

function checkAsked({ id, by }: Asked): Asked {
  if (!COMMAND_ID.test(id)) throw new UsageError(`'${id}' cannot be the id of a command`);
  return { id, by: userName(by) };
}

/** A guest cannot boot what has no image; only a `host` kernel can lack one. */
function refuseWithoutImage(sweep: SweepState, kernel: ResolvedKernel): void {
  if (kernel.image !== undefined) return;
  const guest = sweep.spec.environments.find(({ environment }) => environment.startsWith('qemu'));
  if (guest === undefined) return;
  throw new UsageError(
    `--kernel ${kernel.name} (${kernel.source}) cannot be booted by ${guest.environment}: this box ` +
      'has no image of it that can be read; name it by file: or debian:',
  );
}
