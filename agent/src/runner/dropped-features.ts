// SPDX-License-Identifier: Apache-2.0
/**
 * Reads from QEMU's warnings which features of the CPU model that was asked for the guest does not
 * have: the host's processor lacks them, or the emulator does. QEMU goes on without them.
 */

/** Of the fact; a model far from its host loses some dozens. */
const FEATURES_LENGTH_MAX = 512;

/**
 * As QEMU 2.x to 10.x word it: `warning: host doesn't support requested feature:
 * CPUID.01H:ECX.x2apic [bit 21]`, with `TCG` in the place of `host` under emulation. A bit that
 * QEMU has no name for ends the register with a dot alone.
 */
const DROPPED = /warning: (?:host|TCG|This feature).* requested feature: (\S+)(?: \[bit (\d+)\])?/;

/** `vmx x2apic`, each once and in alphabetical order; `none` where QEMU left out nothing. */
export function readDroppedFeatures(stderr: string): string {
  const names = stderr.split('\n').flatMap((line) => {
    const [, register = '', bit] = DROPPED.exec(line) ?? [];
    if (register === '') return [];
    const name = register.split('.').at(-1) ?? '';
    return [name === '' ? `${register}bit${bit}` : name];
  });
  const text = [...new Set(names)].sort().join(' ');
  return text === '' ? 'none' : text.slice(0, FEATURES_LENGTH_MAX);
}
