// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: each way in which a program can end is told apart, and its output is complete. Method:
 * small shell commands are run through process_run and their files read back.
 */
#define _GNU_SOURCE
#include "process.h"

#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static char directory[] = "/tmp/labsweep-process-XXXXXX";
static char stdout_path[64], stderr_path[64], strings_path[64];

static void read_back(const char *path, char text[256]) {
    FILE *file = fopen(path, "r");
    size_t length = file != NULL ? fread(text, 1, 255, file) : 0;
    text[length] = '\0';
    if (file != NULL)
        fclose(file);
}

static struct program_run run(char **arguments) {
    char *environment[] = {"GREETING=hello", NULL};
    const struct program program = {arguments, environment, stdout_path, stderr_path};
    return process_run(&program);
}

static void output_and_exit_code_are_kept(void) {
    char text[256];
    struct program_run ended = run((char *[]){"/bin/sh", "-c", "echo $GREETING; echo bad >&2; exit 7", NULL});
    CHECK_TEXT(ended.ending, "code=7");
    read_back(stdout_path, text);
    CHECK_TEXT(text, "hello\n");
    read_back(stderr_path, text);
    CHECK_TEXT(text, "bad\n");
}

static void a_signal_is_not_an_exit_code(void) {
    struct program_run ended = run((char *[]){"/bin/sh", "-c", "kill -SEGV $$", NULL});
    CHECK_TEXT(ended.ending, "signal=11");
}

static void a_missing_program_is_named_so(void) {
    struct program_run ended = run((char *[]){"/nonexistent/reproducer", NULL});
    CHECK_TEXT(ended.ending, "exec_failed=No such file or directory");
    CHECK(!ended.was_executed);
}

static void waiting_is_wall_time_and_work_is_cpu_time(void) {
    struct program_run slept = run((char *[]){"/bin/sh", "-c", "sleep 0.2", NULL});
    CHECK(slept.was_executed && slept.wall_us >= 200000);
    CHECK(slept.user_us + slept.system_us < slept.wall_us);
    struct program_run worked = run((char *[]){
        "/bin/sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done", NULL});
    CHECK(worked.user_us > 1000);
    CHECK(worked.user_us + worked.system_us <= worked.wall_us + 20000);
}

static void write_strings(const char *bytes, size_t length) {
    FILE *file = fopen(strings_path, "w");
    CHECK(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

static void strings_are_split_at_nul(void) {
    struct string_list strings;
    write_strings("one\0\0two words\0", 15);
    CHECK(strings_read(strings_path, &strings) == NULL);
    CHECK(strings.count == 3 && strings.list[3] == NULL);
    CHECK_TEXT(strings.list[0], "one");
    CHECK_TEXT(strings.list[1], "");
    CHECK_TEXT(strings.list[2], "two words");
    strings_free(&strings);
}

static void damaged_string_files_are_refused(void) {
    struct string_list strings;
    write_strings("one\0cut", 7);
    CHECK_TEXT(strings_read(strings_path, &strings), "its last string does not end with NUL");
    write_strings("", 0);
    CHECK_TEXT(strings_read(strings_path, &strings), "it is empty");
    static const char many[600];
    write_strings(many, sizeof(many));
    CHECK_TEXT(strings_read(strings_path, &strings), "it has more than 512 strings");
    static char large[65537];
    write_strings(large, sizeof(large));
    CHECK_TEXT(strings_read(strings_path, &strings), "it has more than 64 KiB");
    CHECK_TEXT(strings_read("/nonexistent/argv", &strings), "No such file or directory");
}

int main(void) {
    CHECK(mkdtemp(directory) != NULL);
    snprintf(stdout_path, sizeof(stdout_path), "%s/stdout", directory);
    snprintf(stderr_path, sizeof(stderr_path), "%s/stderr", directory);
    snprintf(strings_path, sizeof(strings_path), "%s/strings", directory);
    output_and_exit_code_are_kept();
    a_signal_is_not_an_exit_code();
    a_missing_program_is_named_so();
    waiting_is_wall_time_and_work_is_cpu_time();
    strings_are_split_at_nul();
    damaged_string_files_are_refused();
    CHECK(unlink(stdout_path) == 0 && unlink(stderr_path) == 0 && unlink(strings_path) == 0);
    CHECK(rmdir(directory) == 0);
    return check_end();
}
