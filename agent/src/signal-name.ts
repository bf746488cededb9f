// SPDX-License-Identifier: Apache-2.0
/** Names the signals of Linux on x86 and arm64, as a guest or a host reports them by number. */

const NAMES = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP ' +
  'TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

/** For example `SIGSEGV (11)`; real-time signals have a number only. */
export function signalName(signal: number): string {
  const name = NAMES[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name} (${signal})`;
}

/** The number behind a name such as `SIGSEGV`, or undefined for a name that is not known. */
export function signalNumber(name: string): number | undefined {
  const index = NAMES.indexOf(name.replace(/^SIG/, ''));
  return index < 0 ? undefined : index + 1;
}
