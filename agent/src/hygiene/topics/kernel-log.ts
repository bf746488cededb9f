// SPDX-License-Identifier: Apache-2.0
/** What the host's kernel said while the trial ran. */
import { ABSENT } from '../../io/host-tree.js';
import { disturbs, warns } from '../change.js';
import { FACT_LENGTH_MAX } from '../hygiene-limits.js';
import type { Topic } from '../topic.js';

/** After any of these the machine is not the one that started the trial. */
const TROUBLE = new RegExp(
  [
    'BUG:',
    'WARNING: ',
    '\\bOops\\b',
    'general protection fault',
    'kernel panic',
    'mce: \\[Hardware Error\\]',
    'Machine check events logged',
    'detected (expedited )?stalls?\\b|self-detected stall',
    '(soft|hard) lockup',
    'blocked for more than \\d+ seconds',
    'Marking TSC unstable',
    'clocksource: .*unstable',
    '(cpu clock|temperature above threshold).*throttled',
    'Out of memory: Kill',
    'perf: interrupt took too long',
  ].join('|'),
  'i',
);
/** Parameters are named after the troubles that they deal with. */
const COMMAND_LINE = /^(Kernel c|C)ommand line: /;
const SHOWN_MAX = 3;
const SHOWN_LENGTH_MAX = 200;

export const kernelLog: Topic = {
  name: 'kernel-log',
  read: (view) => {
    const lines = view.kernelLog();
    if (lines === undefined) return { kernel_log_lines: ABSENT, kernel_log_trouble: ABSENT };
    const trouble = lines.filter((line) => TROUBLE.test(line) && !COMMAND_LINE.test(line));
    const shown = trouble.slice(0, SHOWN_MAX).join(' | ').slice(0, FACT_LENGTH_MAX);
    return { kernel_log_lines: String(lines.length), kernel_log_trouble: shown || 'none' };
  },
  judge: ({ before, after }) => [
    ...(isTrouble(before.kernel_log_trouble)
      ? [warns(`before the trial the kernel said: ${before.kernel_log_trouble}`)]
      : []),
    ...(isTrouble(after.kernel_log_trouble)
      ? [disturbs(`the host's kernel said: ${after.kernel_log_trouble}`)]
      : []),
  ],
  advise: (state) => {
    const trouble = state.kernel_log_trouble;
    if (trouble === ABSENT) {
      const why = 'run as root, so that trouble in the log is seen';
      return { verdict: 'note', state: '/dev/kmsg is not readable', why };
    }
    if (!isTrouble(trouble)) return { verdict: 'ok', state: 'no trouble since the start' };
    return {
      verdict: 'note',
      state: `${trouble}`.slice(0, SHOWN_LENGTH_MAX),
      why: 'look at `dmesg`',
    };
  },
};

const isTrouble = (text: string | undefined) =>
  text !== undefined && text !== 'none' && text !== ABSENT;
