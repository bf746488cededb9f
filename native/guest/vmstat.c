// SPDX-License-Identifier: Apache-2.0
/*
 * Reads and compares what vmstat.h describes. It knows no counter by name.
 */
#define _GNU_SOURCE
#include "vmstat.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 128 };

void vmstat_read(const char *path, struct vmstat *vmstat) {
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(vmstat->text, 1, VMSTAT_SIZE - 1, file) : 0;
    vmstat->text[length] = '\0';
    if (file != NULL)
        fclose(file);
}

/* Names end with a blank, so that one which begins like another is not taken for it. */
static bool find_counter(const struct vmstat *vmstat, const char *name, int64_t *value) {
    size_t length = strlen(name);
    const char *line = vmstat->text;
    while (*line != '\0') {
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            *value = strtoll(line + length, NULL, 10);
            return true;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return false;
}

void vmstat_write_change(FILE *output, const struct vmstat *before,
                         const struct vmstat *at_exit) {
    char name[NAME_SIZE];
    int64_t new_value, old_value;
    if (before->text[0] == '\0' || at_exit->text[0] == '\0')
        fputs("absent\n", output);
    for (const char *line = at_exit->text; *line != '\0';) {
        if (sscanf(line, "%127s %" SCNd64, name, &new_value) == 2 &&
            find_counter(before, name, &old_value))
            fprintf(output, "%s before=%" PRId64 " at_exit=%" PRId64 " delta=%" PRId64 "\n", name,
                    old_value, new_value, new_value - old_value);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}
