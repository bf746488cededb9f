// SPDX-License-Identifier: Apache-2.0
/** The port through which a guest ends its QEMU at once, without its firmware and without ACPI. */

export const EXIT_PORT = '0x501';

export const EXIT_DEVICE = `isa-debug-exit,iobase=${EXIT_PORT},iosize=2`;

/** What the guest's init and the boot sector write is 0x10; QEMU makes 2 x + 1 of it. */
export const DEBUG_EXIT_CODE = 33;
