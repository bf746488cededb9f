// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: the two texts of ftrace are added up right, and nothing else in them counts. Method: lines
 * as real kernels printed them.
 */
#define _GNU_SOURCE
#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct profile profile;

static void names_are(const char *names) {
    memset(&profile, 0, sizeof(profile));
    CHECK(profile_parse_names(&profile, names));
}

static void names_are_split_at_commas(void) {
    names_are("one,two_three");
    CHECK(profile.count == 2);
    CHECK_TEXT(profile.functions[0].name, "one");
    CHECK_TEXT(profile.functions[1].name, "two_three");
    char many[PROFILE_FUNCTIONS_MAX * 2 + 2], longest[PROFILE_NAME_SIZE + 1];
    memset(longest, 'a', PROFILE_NAME_SIZE);
    longest[PROFILE_NAME_SIZE] = '\0';
    for (int index = 0; index <= PROFILE_FUNCTIONS_MAX; index++)
        memcpy(many + 2 * index, "a,", 2);
    many[PROFILE_FUNCTIONS_MAX * 2 + 1] = '\0';
    const char *texts[] = {"", ",", "one,", ",one", "one,,two", many, longest};
    for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++)
        CHECK(!profile_parse_names(&profile, texts[index]));
}

static void durations_of_a_graph_are_added(void) {
    names_are("do_mprotect_pkey,mprotect_fixup,handle_mm_fault");
    const char *lines[] = {
        " 0)               |  do_mprotect_pkey() {",
        " 0)   1.500 us    |    mprotect_fixup();",
        " 0) + 20.250 us   |  } /* do_mprotect_pkey */",
        " 1) ! 105.034 us  |  handle_mm_fault();",
        " 1) # 1000.000 us |  } /* handle_mm_fault */",
        " 1)   2.000 us    |  } /* handle_mm_fault [module] */",
        " 1)   9.000 us    |  handle_mm_fault_other();",
        " 1)   9.000 us    |  mprotect();",
        " ------------------------------------------",
        " 0)  cat-1 => sh-2 ",
        "   us |  mprotect_fixup();",
        "",
    };
    for (size_t index = 0; index < sizeof(lines) / sizeof(lines[0]); index++)
        profile_add_graph(&profile, lines[index]);
    CHECK(profile.functions[0].hits == 1 && profile.functions[0].time_us == 20.25);
    CHECK(profile.functions[1].hits == 1 && profile.functions[1].time_us == 1.5);
    CHECK(profile.functions[2].hits == 3);
    CHECK(profile.functions[2].time_us > 1107.033 && profile.functions[2].time_us < 1107.035);
    CHECK(profile.lost_events == 0);
}

static void lost_events_are_counted(void) {
    names_are("one");
    const char *lines[] = {"entries: 129116", "overrun: 12", "commit overrun: 3", "bytes: 99",
                           "oldest event ts:  2752.9", "dropped events: 5", "read events: 7"};
    for (size_t index = 0; index < sizeof(lines) / sizeof(lines[0]); index++)
        profile_add_loss(&profile, lines[index]);
    CHECK(profile.lost_events == 20);
}

static void statistics_of_all_cpus_are_added(void) {
    names_are("do_mprotect_pkey,a_function_with_a_name_beyond_thirty_letters");
    const char *lines[] = {
        "  Function                               Hit    Time            Avg             s^2",
        "  --------                               ---    ----            ---             ---",
        "  do_mprotect_pkey                        12    100.500 us      8.375 us        0.1 us",
        "  a_function_with_a_name_beyond_           2    4.000 us        2.000 us        0.0 us",
        "  do_mprotect_pkey                         3    0.250 us        0.083 us        0.0 us",
        "  do_mprotect                              9    9.000 us        1.000 us        0.0 us",
    };
    for (size_t index = 0; index < sizeof(lines) / sizeof(lines[0]); index++)
        profile_add_statistic(&profile, lines[index]);
    CHECK(profile.functions[0].hits == 15 && profile.functions[0].time_us == 100.75);
    CHECK(profile.functions[1].hits == 2 && profile.functions[1].time_us == 4.0);
}

static void the_lines_are_as_documented(void) {
    char *text = NULL;
    size_t size = 0;
    names_are("one,two");
    profile.method = "function-graph";
    profile.functions[0].hits = 3;
    profile.functions[0].time_us = 1.5;
    profile.functions[1].is_absent = true;
    profile.lost_events = 4;
    FILE *output = open_memstream(&text, &size);
    CHECK(output != NULL);
    profile_write(&profile, output);
    fclose(output);
    CHECK_TEXT(text, "profile function=one hits=3 time_us=1.500 method=function-graph\n"
                     "profile function=two absent=1\nprofile lost_events=4\n");
    free(text);
}

int main(void) {
    names_are_split_at_commas();
    durations_of_a_graph_are_added();
    lost_events_are_counted();
    statistics_of_all_cpus_are_added();
    the_lines_are_as_documented();
    return check_end();
}
