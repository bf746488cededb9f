#!/usr/bin/env -S node --no-memory-reducer
// SPDX-License-Identifier: Apache-2.0
/** The agent process: reads its options, wires the parts, stops on a signal. It holds no logic. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf, parseLoopbackAddress, runProgram, UsageError } from '@labsweep/proto';
import { runAgent } from './run-agent.js';
import { runSwarm } from './run-swarm.js';
import { SPOOL_LIMITS } from './spool.js';

const MIB = 1024 * 1024;
const TOOLS = fileURLToPath(new URL('../../native/build', import.meta.url));

const USAGE = `labsweep-agent --controller HOST:PORT[,HOST:PORT...] [options]

  --controller LIST       HOST:PORT of the controller, and of those that stand by for it
  --state DIR             outcomes not yet settled (default: ~/.local/state/labsweep/agent)
  --cache DIR             kernels and binaries by sha256 (default: ~/.cache/labsweep/artifacts)
  --runners LIST          of native,qemu,scripted (default: native,qemu)
  --tools DIR             our own programs for host and guests (default: native/build)
  --guest-init FILE       static init of the guests (default: init of --tools)
  --journal DIR           old values of what is changed on this machine
                          (default: /run/labsweep, else below --state)
  --name NAME             shown in reports (default: the host name)
  --may LIST              of offline-cpus,tune: what may be changed, and is put back (default: none)
  --label KEY=VALUE       what rows may ask for; may be repeated
  --spool-entries-max N   outcomes not yet settled, at which the agent waits (default: 20000)
  --spool-mib-max N       their size, at which it waits (default: 256)
  --swarm N               N agents with the scripted runner in one process, called NAME-0 and so
                          on, for demonstrations of scale; --name is swarm unless it is given
  --host-id ID            in place of the machine id, for several scripted agents on one machine
  --stop-with-parent      end when standard input ends
`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        controller: { type: 'string' },
        state: { type: 'string', default: join(homedir(), '.local/state/labsweep/agent') },
        cache: { type: 'string', default: join(homedir(), '.cache/labsweep/artifacts') },
        runners: { type: 'string', default: 'native,qemu' },
        tools: { type: 'string', default: TOOLS },
        'guest-init': { type: 'string' },
        journal: { type: 'string' },
        name: { type: 'string' },
        may: { type: 'string', default: '' },
        label: { type: 'string', multiple: true, default: [] },
        'spool-entries-max': { type: 'string', default: String(SPOOL_LIMITS.entriesMax) },
        'spool-mib-max': { type: 'string', default: String(SPOOL_LIMITS.bytesMax / MIB) },
        swarm: { type: 'string' },
        'host-id': { type: 'string' },
        'stop-with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`labsweep-agent: ${messageOf(error)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

function checkLabel(text: string): string {
  if (/^[^=\s]+=\S+$/.test(text)) return text;
  throw new UsageError(`--label: expected key=value, for example rack=7, got '${text}'`);
}

function checkCount(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${option}: expected a number from 1 on, got '${text}'`);
}

const values = readOptions();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

await runProgram({
  name: 'labsweep-agent',
  stopWithParent: values['stop-with-parent'],
  main: (signal, note) => {
    if (values.controller === undefined)
      throw new UsageError(`--controller is missing\n\n${USAGE}`);
    const controllers = values.controller
      .split(',')
      .map((address) => parseLoopbackAddress(address, '--controller'));
    if (values.swarm !== undefined) {
      return runSwarm({
        controllers,
        size: checkCount('--swarm', values.swarm),
        name: values.name ?? 'swarm',
        stateDirectory: resolve(values.state),
        cacheDirectory: resolve(values.cache),
        labels: values.label.map(checkLabel),
        signal,
        note,
      });
    }
    return runAgent({
      controllers,
      // QEMU runs in a folder of its own, where a relative path would lead elsewhere.
      stateDirectory: resolve(values.state),
      cacheDirectory: resolve(values.cache),
      runners: values.runners.split(','),
      initPath: resolve(values['guest-init'] ?? join(values.tools, 'init')),
      toolsDirectory: resolve(values.tools),
      journalDirectory: values.journal === undefined ? undefined : resolve(values.journal),
      name: values.name,
      may: values.may.split(',').filter((name) => name !== ''),
      hostId: values['host-id'],
      labels: values.label.map(checkLabel),
      spoolLimits: {
        entriesMax: checkCount('--spool-entries-max', values['spool-entries-max']),
        bytesMax: checkCount('--spool-mib-max', values['spool-mib-max']) * MIB,
      },
      session: randomUUID(),
      signal,
      note,
    });
  },
});
