// SPDX-License-Identifier: Apache-2.0
/**
 * Says before anything boots whether a reproducer can run in a guest that has no libraries: a
 * static x86-64 ELF program. It reads headers and runs nothing.
 */
import { UsageError } from '@labsweep/proto';

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const CLASS_64_BIT = 2;
const LITTLE_ENDIAN = 1;
const MACHINE_X86_64 = 62;
const TYPE_EXECUTABLE = 2;
/** Position-independent programs and shared libraries share this type. */
const TYPE_SHARED = 3;
const SEGMENT_INTERPRETER = 3;
const HOW_TO_BUILD = 'Build it with gcc -static on x86-64';

const MACHINE_NAMES: Readonly<Record<number, string>> = {
  3: '32-bit x86',
  40: '32-bit Arm',
  183: 'arm64',
  243: 'RISC-V',
};

/** `fileName` names the file in the UsageError that says why it cannot be used. */
export function checkStaticBinary(bytes: Uint8Array, fileName: string): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (reason: string): never => {
    throw new UsageError(`${fileName} cannot be the reproducer: ${reason}`);
  };
  if (file.toString('latin1', 0, 4) !== '\x7fELF') refuse(`it ${lookOf(file)}. ${HOW_TO_BUILD}`);
  if (file.length < HEADER_BYTES) refuse('it is cut off within its header. Copy it again');
  const machine = file.readUInt16LE(18);
  if (
    file.readUInt8(4) !== CLASS_64_BIT ||
    file.readUInt8(5) !== LITTLE_ENDIAN ||
    machine !== MACHINE_X86_64
  ) {
    refuse(`it is for ${MACHINE_NAMES[machine] ?? `machine ${machine}`}. ${HOW_TO_BUILD}`);
  }
  const type = file.readUInt16LE(16);
  if ((type !== TYPE_EXECUTABLE && type !== TYPE_SHARED) || file.readBigUInt64LE(24) === 0n) {
    refuse('it is an object file or a library, not a program. Link it');
  }
  const segments = segmentTypesOf(file) ?? refuse('it is cut off. Copy it again');
  if (segments.includes(SEGMENT_INTERPRETER)) {
    refuse(`it needs shared libraries, which a guest does not have. ${HOW_TO_BUILD}`);
  }
}

/** Undefined when the table of segments lies outside the file. */
function segmentTypesOf(file: Buffer): readonly number[] | undefined {
  const tableOffset = Number(file.readBigUInt64LE(32));
  const count = file.readUInt16LE(56);
  if (count === 0 || tableOffset + count * PROGRAM_HEADER_BYTES > file.length) return undefined;
  return Array.from({ length: count }, (_, index) =>
    file.readUInt32LE(tableOffset + index * PROGRAM_HEADER_BYTES),
  );
}

function lookOf(file: Buffer): string {
  if (file.length === 0) return 'is empty';
  if (file.toString('latin1', 0, 2) === '#!') return 'is a script, and a guest has no interpreter';
  return 'is no ELF program';
}
