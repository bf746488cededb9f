// SPDX-License-Identifier: Apache-2.0
/**
 * A boot disk of a few bytes of machine code that prints a marker to the first serial port and ends
 * QEMU. It proves that an accelerator runs guest code at all, without any kernel at hand.
 */

/** What the guest prints when it lives. */
export const BOOT_SECTOR_MARKER = 'labsweep-canary: alive';

const LOAD_ADDRESS = 0x7c00;
const SECTOR_BYTES = 512;
/** The firmware reads no disk that is smaller than its made-up geometry. */
const DISK_BYTES = 1024 * 1024;

/** 16-bit real-mode code for the address 0x7c00; `markerAddress` is where the text lies. */
function machineCode(markerAddress: number): number[] {
  return [
    ...[0xfa], //                cli
    ...[0x31, 0xc0], //          xor ax, ax
    ...[0x8e, 0xd8], //          mov ds, ax
    ...[0xfc], //                cld
    ...[0xbe, markerAddress & 0xff, markerAddress >> 8], // mov si, marker
    ...[0xac], //          next: lodsb
    ...[0x84, 0xc0], //          test al, al
    ...[0x74, 0x12], //          jz done
    ...[0x88, 0xc4], //          mov ah, al
    ...[0xba, 0xfd, 0x03], //    mov dx, 0x3fd      line status of COM1
    ...[0xec], //          wait: in al, dx
    ...[0xa8, 0x20], //          test al, 0x20      ready for a byte?
    ...[0x74, 0xfb], //          jz wait
    ...[0xba, 0xf8, 0x03], //    mov dx, 0x3f8      data of COM1
    ...[0x88, 0xe0], //          mov al, ah
    ...[0xee], //                out dx, al
    ...[0xeb, 0xe9], //          jmp next
    ...[0xba, 0x01, 0x05], // done: mov dx, 0x501   the port of isa-debug-exit
    ...[0xb0, 0x10], //          mov al, 0x10
    ...[0xee], //                out dx, al
    ...[0xf4], //          halt: hlt
    ...[0xeb, 0xfd], //          jmp halt
  ];
}

/** The whole disk image. */
export function bootDisk(): Uint8Array {
  const codeLength = machineCode(0).length;
  const marker = new TextEncoder().encode(`${BOOT_SECTOR_MARKER}\n\0`);
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(machineCode(LOAD_ADDRESS + codeLength), 0);
  disk.set(marker, codeLength);
  disk.set([0x55, 0xaa], SECTOR_BYTES - 2); // The firmware's mark of a bootable sector.
  return disk;
}
