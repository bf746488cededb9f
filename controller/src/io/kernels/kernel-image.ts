// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the header of a bzImage (Documentation/arch/x86/boot.rst) for the release it will report.
 * Nothing of the kernel is unpacked or run.
 */
import { LabsweepError } from '@labsweep/proto';

export interface KernelImage {
  /** What `uname -r` will say. */
  readonly release: string;
  /** The whole version text: release, builder and build number. */
  readonly versionString: string;
}

const SETUP_SECTORS_OFFSET = 0x1f1;
const PARAGRAPHS_OFFSET = 0x1f4;
const MAGIC_OFFSET = 0x202;
const PROTOCOL_OFFSET = 0x206;
const VERSION_POINTER_OFFSET = 0x20e;
const LOAD_FLAGS_OFFSET = 0x236;
const HEADER_END = 0x268;
const SECTOR_BYTES = 512;
const PARAGRAPH_BYTES = 16;
/** The first boot protocol whose header says whether the kernel is a 64-bit one. */
const PROTOCOL_WITH_LOAD_FLAGS = 0x020c;
const LOAD_FLAG_64_BIT = 1;
const VERSION_LIMIT_BYTES = 512;

/**
 * `where` names the file in messages. Throws a LabsweepError when it is no whole x86-64 bzImage.
 */
export function readKernelImage(bytes: Uint8Array, where: string): KernelImage {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    image.length < HEADER_END ||
    image.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + 4) !== 'HdrS'
  ) {
    throw new LabsweepError(
      `${where} is not a kernel image that can be booted directly: it ${lookOf(image)}. ` +
        'A bzImage is needed: arch/x86/boot/bzImage of a build, or /boot/vmlinuz-<release>',
    );
  }
  requireWhole(image, where);
  const protocol = image.readUInt16LE(PROTOCOL_OFFSET);
  const flags = image.readUInt16LE(LOAD_FLAGS_OFFSET);
  if (protocol < PROTOCOL_WITH_LOAD_FLAGS || (flags & LOAD_FLAG_64_BIT) === 0) {
    throw new LabsweepError(`${where} is a 32-bit x86 kernel; labsweep runs x86-64 kernels`);
  }
  const versionString = versionStringOf(image);
  const release = versionString.split(' ', 1)[0];
  if (!release) throw new LabsweepError(`${where} is a bzImage that does not say its version`);
  return { release, versionString };
}

function requireWhole(image: Buffer, where: string): void {
  // Zero stands for four, as in the oldest boot loaders.
  const setupSectors = image.readUInt8(SETUP_SECTORS_OFFSET) || 4;
  const bodyBytes = image.readUInt32LE(PARAGRAPHS_OFFSET) * PARAGRAPH_BYTES;
  const neededBytes = (setupSectors + 1) * SECTOR_BYTES + bodyBytes;
  // The body is padded to a paragraph in the header's count only, so the file may be a bit shorter.
  if (image.length <= neededBytes - PARAGRAPH_BYTES) {
    throw new LabsweepError(
      `${where} is cut off: its header speaks of ${neededBytes} bytes, it has ${image.length}. ` +
        'Copy it again',
    );
  }
}

function versionStringOf(image: Buffer): string {
  const pointer = image.readUInt16LE(VERSION_POINTER_OFFSET);
  if (pointer === 0) return '';
  const start = pointer + SECTOR_BYTES;
  const end = image.indexOf(0, start);
  if (end < 0 || end - start > VERSION_LIMIT_BYTES) return '';
  return image.toString('utf8', start, end).trim();
}

/** How other files begin that people take for a kernel image. */
const LOOKS: readonly (readonly [offset: number, bytes: string, look: string])[] = [
  [0, '\x7fELF', 'is an ELF file, perhaps an uncompressed vmlinux'],
  [0, '\x1f\x8b', 'is gzip data'],
  [0, '\xfd7zXZ\0', 'is xz data'],
  [0, '\x28\xb5\x2f\xfd', 'is zstd data'],
  [0, 'BZh', 'is bzip2 data'],
  [0, '!<arch>\n', 'is an ar archive, perhaps a .deb package (name it as a debian: source)'],
  [0, '07070', 'is a cpio archive, perhaps an initramfs'],
  [0, '#!', 'is a script'],
  [0, 'version https://git-lfs', 'is a Git LFS pointer'],
  [0x38, 'ARM\x64', 'is a kernel for arm64'],
  [0, 'MZ', 'is a Windows or EFI program'],
  [0, '<', 'is a web page or other markup'],
];

function lookOf(image: Buffer): string {
  if (image.length === 0) return 'is empty';
  for (const [offset, bytes, look] of LOOKS) {
    if (image.toString('latin1', offset, offset + bytes.length) === bytes) return look;
  }
  return `is ${image.length} bytes that begin with ${image.toString('hex', 0, 8)}`;
}
