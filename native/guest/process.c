// SPDX-License-Identifier: Apache-2.0
/*
 * Starts the reproducer and waits for it, as process.h describes. It does not send anything: what
 * the program prints stays in files until its end.
 */
#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STRINGS_SIZE_MAX = 65536, STRINGS_COUNT_MAX = 512 };

static const char *split(struct string_list *strings, size_t length) {
    if (length == 0)
        return "it is empty";
    if (length > STRINGS_SIZE_MAX)
        return "it has more than 64 KiB";
    if (strings->bytes[length - 1] != '\0')
        return "its last string does not end with NUL";
    for (size_t start = 0; start < length; start += strlen(strings->bytes + start) + 1) {
        if (strings->count == STRINGS_COUNT_MAX)
            return "it has more than 512 strings";
        strings->list[strings->count++] = strings->bytes + start;
    }
    return NULL;
}

const char *strings_read(const char *path, struct string_list *strings) {
    memset(strings, 0, sizeof(*strings));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return strerror(errno);
    strings->bytes = calloc(1, STRINGS_SIZE_MAX + 1);
    strings->list = calloc(STRINGS_COUNT_MAX + 1, sizeof(char *));
    const char *problem = "there is no memory for it";
    if (strings->bytes != NULL && strings->list != NULL)
        problem = split(strings, fread(strings->bytes, 1, STRINGS_SIZE_MAX + 1, file));
    if (problem != NULL)
        strings_free(strings);
    fclose(file);
    return problem;
}

void strings_free(struct string_list *strings) {
    free(strings->list);
    free(strings->bytes);
    memset(strings, 0, sizeof(*strings));
}

static int add_output(posix_spawn_file_actions_t *actions, int descriptor, const char *path) {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    return posix_spawn_file_actions_addopen(actions, descriptor, path, flags, 0600);
}

static int start(const struct program *program, pid_t *child) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = add_output(&actions, STDOUT_FILENO, program->stdout_path);
    if (error == 0)
        error = add_output(&actions, STDERR_FILENO, program->stderr_path);
    if (error == 0)
        error = posix_spawn(child, program->arguments[0], &actions, NULL, program->arguments,
                            program->environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* As PID 1 we inherit every orphan, so anything that ends is reaped, not just our child. */
static int wait_for(pid_t child, struct rusage *usage) {
    for (;;) {
        int status;
        pid_t ended = wait4(-1, &status, 0, usage);
        if (ended == child)
            return status;
        if (ended < 0 && errno != EINTR)
            return -1;
    }
}

static uint64_t now_us(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static uint64_t in_us(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

struct program_run process_run(const struct program *program) {
    struct program_run run = {0};
    struct rusage usage = {0};
    pid_t child;
    uint64_t start_us = now_us();
    int error = start(program, &child);
    if (error != 0) {
        snprintf(run.ending, ENDING_SIZE, "exec_failed=%s", strerror(error));
        return run;
    }
    int status = wait_for(child, &usage);
    run.wall_us = now_us() - start_us;
    run.user_us = in_us(usage.ru_utime);
    run.system_us = in_us(usage.ru_stime);
    run.was_executed = true;
    if (WIFSIGNALED(status))
        snprintf(run.ending, ENDING_SIZE, "signal=%d", WTERMSIG(status));
    else
        snprintf(run.ending, ENDING_SIZE, "code=%d", WEXITSTATUS(status));
    return run;
}
