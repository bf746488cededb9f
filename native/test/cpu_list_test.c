// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: lists are read as the kernel means them, written in its notation, and odd ones refused.
 */
#define _GNU_SOURCE
#include "../host/cpu_list.h"

#include "check.h"

static void comes_back_as(const char *text, const char *expected) {
    struct cpu_list list;
    char written[CPU_LIST_TEXT_SIZE];
    CHECK(cpu_list_parse(text, &list));
    cpu_list_format(&list, written);
    CHECK_TEXT(written, expected);
}

static void lists_come_back_in_the_shortest_notation(void) {
    comes_back_as("0", "0");
    comes_back_as("0-3,6", "0-3,6");
    comes_back_as("6,3,1,2,0", "0-3,6");
    comes_back_as("0-1,2-3", "0-3");
    comes_back_as("63-64,1023-1024,8191", "63-64,1023-1024,8191");
    comes_back_as("0-8191", "0-8191");
}

static void what_is_no_list_is_refused(void) {
    const char *texts[] = {"", ",", "0,", "-1", "1-", "3-1", "a", "0 1", "0-1-2", "8192", "0-8192",
                           "99999999999999999999", "+1", "0x1"};
    struct cpu_list list;
    for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++)
        CHECK(!cpu_list_parse(texts[index], &list));
}

static void lists_are_compared_by_what_they_hold(void) {
    struct cpu_list left, right;
    CHECK(cpu_list_parse("0-2", &left) && cpu_list_parse("2,1,0", &right));
    CHECK(cpu_list_equal(&left, &right));
    CHECK(cpu_list_parse("0-2,4000", &right) && !cpu_list_equal(&left, &right));
    CHECK(cpu_list_has(&right, 4000) && !cpu_list_has(&right, 3) && !cpu_list_has(&right, 9000));
}

/* Every second CPU takes the most text; it must be cut off and not overrun. */
static void the_longest_list_stays_inside_its_text(void) {
    struct cpu_list list = {0};
    char written[CPU_LIST_TEXT_SIZE];
    for (size_t cpu = 0; cpu < CPU_LIST_MAX; cpu += 2)
        CPU_SET_S(cpu, sizeof(list), list.sets);
    cpu_list_format(&list, written);
    CHECK(strlen(written) == CPU_LIST_TEXT_SIZE - 1);
}

int main(void) {
    lists_come_back_in_the_shortest_notation();
    what_is_no_list_is_refused();
    lists_are_compared_by_what_they_hold();
    the_longest_list_stays_inside_its_text();
    return check_end();
}
