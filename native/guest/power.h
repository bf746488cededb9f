// SPDX-License-Identifier: Apache-2.0
/*
 * Ends the guest. Whether all output has left it is for the caller to see to first.
 */
#ifndef LABSWEEP_POWER_H
#define LABSWEEP_POWER_H

/* Gives the port that the file names, decimal or 0x...; 0 if there is no file or no port in it. */
unsigned int power_read_port(const char *path);

/*
 * Writes to the port (QEMU's isa-debug-exit, which ends QEMU with 33), if there is one. Comes back
 * where that did not end the machine; errno is then set.
 */
void power_end_by_port(unsigned int port);

/*
 * Powers off through the kernel, or failing that reboots or halts. Never returns, as PID 1 must
 * not end: the kernel would panic and the host would blame the kernel. `complain` hears of failure.
 */
_Noreturn void power_end_by_kernel(void (*complain)(const char *problem));

#endif
