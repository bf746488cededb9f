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

/**
 * The way of a kernel in small: from real mode into long mode, through page tables of its own, and
 * there an instruction of the newer kind that the kernel's first steps use where the CPU has it.
 * Some hosts fall back to an emulator of instructions that does not know it.
 */
function machineCode(markerAddress: number): number[] {
  return [
    // 16-bit code at 0x7c00, which is where the firmware loads and enters it.
    ...[0xfa], // cli
    ...[0x31, 0xc0], // xor ax, ax
    ...[0x8e, 0xd8], // mov ds, ax
    ...[0x8e, 0xc0], // mov es, ax
    ...[0x8e, 0xd0], // mov ss, ax
    ...[0xfc], // cld
    ...[0xbf, 0x00, 0x10], // mov di, 0x1000      three page tables, all zero
    ...[0xb9, 0x00, 0x18], // mov cx, 0x1800
    ...[0xf3, 0xab], // rep stosw
    ...[0xc7, 0x06, 0x00, 0x10, 0x03, 0x20], // mov [0x1000], 0x2003
    ...[0xc7, 0x06, 0x00, 0x20, 0x03, 0x30], // mov [0x2000], 0x3003
    ...[0xc7, 0x06, 0x00, 0x30, 0x83, 0x00], // mov [0x3000], 0x83   the first 2 MiB
    ...[0x66, 0xb8, 0x20, 0x00, 0x00, 0x00], // mov eax, 0x20
    ...[0x0f, 0x22, 0xe0], // mov cr4, eax         wide page tables
    ...[0x66, 0xb8, 0x00, 0x10, 0x00, 0x00], // mov eax, 0x1000
    ...[0x0f, 0x22, 0xd8], // mov cr3, eax
    ...[0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0], // mov ecx, 0xc0000080  the register EFER
    ...[0x0f, 0x32], // rdmsr
    ...[0x80, 0xcc, 0x01], // or ah, 1             long mode
    ...[0x0f, 0x30], // wrmsr
    ...[0x0f, 0x20, 0xc0], // mov eax, cr0
    ...[0x66, 0x0d, 0x01, 0x00, 0x00, 0x80], // or eax, 0x80000001   protection and paging
    ...[0x0f, 0x22, 0xc0], // mov cr0, eax
    ...[0x0f, 0x01, 0x16, 0xae, 0x7c], // lgdt [gdtr]
    ...[0xea, 0x59, 0x7c, 0x08, 0x00], // jmp 8:long
    // 64-bit code at 0x7c59.
    ...[0x31, 0xc0], // long: xor eax, eax
    ...[0x0f, 0xa2], // cpuid
    ...[0x83, 0xf8, 0x07], // cmp eax, 7
    ...[0x72, 0x14], // jb print
    ...[0xb8, 0x07, 0x00, 0x00, 0x00], // mov eax, 7
    ...[0x31, 0xc9], // xor ecx, ecx
    ...[0x0f, 0xa2], // cpuid
    ...[0x0f, 0xba, 0xe3, 0x08], // bt ebx, 8            has it BMI2?
    ...[0x73, 0x05], // jnc print
    ...[0xc4, 0xe2, 0x71, 0xf7, 0xc0], // shlx eax, eax, ecx
    ...[0xbe, markerAddress & 0xff, markerAddress >> 8, 0, 0], // print: mov esi, marker
    ...[0xac], // next: lodsb
    ...[0x84, 0xc0], // test al, al
    ...[0x74, 0x14], // jz done
    ...[0x88, 0xc4], // mov ah, al
    ...[0x66, 0xba, 0xfd, 0x03], // mov dx, 0x3fd        line status of COM1
    ...[0xec], // wait: in al, dx
    ...[0xa8, 0x20], // test al, 0x20        ready for a byte?
    ...[0x74, 0xfb], // jz wait
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8        data of COM1
    ...[0x88, 0xe0], // mov al, ah
    ...[0xee], // out dx, al
    ...[0xeb, 0xe7], // jmp next
    ...[0x66, 0xba, 0x01, 0x05], // done: mov dx, 0x501  the port of isa-debug-exit
    ...[0xb0, 0x10], // mov al, 0x10
    ...[0xee], // out dx, al
    ...[0xf4], // halt: hlt
    ...[0xeb, 0xfd], // jmp halt
    // Tables at 0x7c9e and 0x7cae.
    ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], // gdt: the empty one
    ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x9a, 0x20, 0x00], // 64-bit code
    ...[0x0f, 0x00], // gdtr: the size less one
    ...[0x9e, 0x7c, 0x00, 0x00], // the address of gdt
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
