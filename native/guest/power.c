// SPDX-License-Identifier: Apache-2.0
/*
 * The ways down that power.h describes. It drains nothing and prints nothing.
 */
#define _GNU_SOURCE
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <sys/io.h>
#endif

/* QEMU's status becomes 2 * 0x10 + 1 = 33, which no signal and no refusal of QEMU's looks like. */
enum { EXIT_VALUE = 0x10, PORT_MAX = 0xffff };

unsigned int power_read_port(const char *path) {
    char text[32] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        text[--length] = '\0';
    char *end = text;
    unsigned long port = strtoul(text, &end, 0);
    bool is_port = length > 0 && text[0] != '-' && *end == '\0' && port <= PORT_MAX;
    return is_port ? (unsigned int)port : 0;
}

/* The device file does the same where the kernel was built without permissions on ports. */
static void write_device_file(unsigned int port) {
    static const unsigned char value = EXIT_VALUE;
    int device = open("/dev/port", O_WRONLY | O_CLOEXEC);
    if (device < 0)
        return;
    if (pwrite(device, &value, 1, (off_t)port) == 1)
        errno = ENODEV;
    close(device);
}

void power_end_by_port(unsigned int port) {
    if (port == 0)
        return;
#if defined(__x86_64__) || defined(__i386__)
    if (ioperm(port, 1, 1) == 0)
        outb(EXIT_VALUE, (unsigned short)port);
#endif
    write_device_file(port);
}

_Noreturn void power_end_by_kernel(void (*complain)(const char *problem)) {
    sync();
    reboot(RB_POWER_OFF);
    complain(strerror(errno));
    reboot(RB_AUTOBOOT);
    reboot((int)RB_HALT_SYSTEM);
    for (;;)
        pause();
}
