// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: only a file that names a port makes the guest write to one. Method: files are written and
 * read back; no port is touched, since this machine may have something behind it.
 */
#define _GNU_SOURCE
#include "power.h"

#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static char path[] = "/tmp/labsweep-power-XXXXXX";

static unsigned int read_port(const char *text) {
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    return power_read_port(path);
}

static void ports_are_read_in_both_notations(void) {
    CHECK(read_port("0x501") == 0x501);
    CHECK(read_port("1281\n") == 1281);
    CHECK(read_port("0xffff \n") == 0xffff);
}

static void what_is_no_port_is_none(void) {
    const char *texts[] = {"", "\n", "0", "port", "0x501 0x502", "-1", "0x10000", "501h"};
    for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++)
        CHECK(read_port(texts[index]) == 0);
    CHECK(power_read_port("/nonexistent/exit-port") == 0);
}

int main(void) {
    int file = mkstemp(path);
    CHECK(file >= 0 && close(file) == 0);
    ports_are_read_in_both_notations();
    what_is_no_port_is_none();
    CHECK(unlink(path) == 0);
    return check_end();
}
