// SPDX-License-Identifier: Apache-2.0
/*
 * Reads and writes the lists that cpu_list.h describes. It makes no system call.
 */
#define _GNU_SOURCE
#include "cpu_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes a number at *text and moves behind it. False if there are no digits, or too large a one. */
static bool take_number(const char **text, size_t *number) {
    if (**text < '0' || **text > '9')
        return false;
    char *end;
    *number = strtoul(*text, &end, 10);
    *text = end;
    return *number < CPU_LIST_MAX;
}

bool cpu_list_parse(const char *text, struct cpu_list *list) {
    memset(list, 0, sizeof(*list));
    for (;;) {
        size_t first, last;
        if (!take_number(&text, &first))
            return false;
        last = first;
        if (*text == '-' && (text++, !take_number(&text, &last)))
            return false;
        if (last < first)
            return false;
        for (size_t cpu = first; cpu <= last; cpu++)
            CPU_SET_S(cpu, sizeof(*list), list->sets);
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

bool cpu_list_has(const struct cpu_list *list, size_t cpu) {
    return cpu < CPU_LIST_MAX && CPU_ISSET_S(cpu, sizeof(*list), list->sets);
}

bool cpu_list_equal(const struct cpu_list *left, const struct cpu_list *right) {
    return memcmp(left, right, sizeof(*left)) == 0;
}

void cpu_list_format(const struct cpu_list *list, char text[CPU_LIST_TEXT_SIZE]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t first = 0; first < CPU_LIST_MAX && used < CPU_LIST_TEXT_SIZE; first++) {
        if (!cpu_list_has(list, first))
            continue;
        size_t last = first;
        while (cpu_list_has(list, last + 1))
            last++;
        const char *comma = used > 0 ? "," : "";
        size_t room = CPU_LIST_TEXT_SIZE - used;
        int length = last > first ? snprintf(text + used, room, "%s%zu-%zu", comma, first, last)
                                  : snprintf(text + used, room, "%s%zu", comma, first);
        used += (size_t)length;
        first = last;
    }
}
