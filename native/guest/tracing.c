// SPDX-License-Identifier: Apache-2.0
/*
 * Drives ftrace through the files of tracefs, as tracing.h describes. It prefers the kernel's own
 * sums (the function profiler) and else adds up the function graph.
 */
#define _GNU_SOURCE
#include "tracing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* The buffer is per CPU; what overflows it is counted as lost. */
enum { LINE_SIZE = 65536, READ_SIZE = 16384 };
static const char buffer_size_kb[] = "2048";

static const char tracefs_path[] = "/sys/kernel/tracing";
static const char profiler_method[] = "function-profile";
static const char graph_method[] = "function-graph";

__attribute__((format(printf, 2, 3))) static bool explain(struct tracing *tracing,
                                                          const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(tracing->problem, sizeof(tracing->problem), format, arguments);
    va_end(arguments);
    return false;
}

static bool has(const struct tracing *tracing, const char *name) {
    return faccessat(tracing->directory, name, F_OK, 0) == 0;
}

static bool write_file(const struct tracing *tracing, const char *name, int flags,
                       const char *text) {
    int file = openat(tracing->directory, name, O_WRONLY | O_CLOEXEC | flags);
    if (file < 0)
        return false;
    ssize_t length = (ssize_t)strlen(text);
    bool is_written = write(file, text, (size_t)length) == length;
    /* The filter takes a last name without a newline only as its file is closed. */
    return close(file) == 0 && is_written;
}

static bool open_directory(struct tracing *tracing) {
    tracing->directory = open(tracefs_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tracing->directory >= 0 && has(tracing, "trace"))
        return true;
    if (tracing->directory >= 0)
        close(tracing->directory);
    if (mount("tracefs", tracefs_path, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
        return explain(tracing, "tracefs cannot be mounted: %s", strerror(errno));
    tracing->directory = open(tracefs_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return tracing->directory >= 0 ||
           explain(tracing, "%s cannot be opened: %s", tracefs_path, strerror(errno));
}

static bool has_graph_tracer(const struct tracing *tracing) {
    char text[1024] = "";
    int file = openat(tracing->directory, "available_tracers", O_RDONLY | O_CLOEXEC);
    if (file >= 0 && read(file, text, sizeof(text) - 1) < 0)
        text[0] = '\0';
    if (file >= 0)
        close(file);
    return strstr(text, "function_graph") != NULL;
}

/* An empty filter means all functions, so a tracer must not start when none was found. */
static int filter_functions(const struct tracing *tracing, struct profile *profile) {
    int found = 0;
    write_file(tracing, "set_ftrace_filter", O_TRUNC, "\n");
    for (int index = 0; index < profile->count; index++) {
        struct profile_function *function = &profile->functions[index];
        char line[PROFILE_NAME_SIZE + 1];
        snprintf(line, sizeof(line), "%s\n", function->name);
        function->is_absent = strpbrk(function->name, "*?[]:!") != NULL ||
                              !write_file(tracing, "set_ftrace_filter", O_APPEND, line);
        found += !function->is_absent;
    }
    return found;
}

static bool open_graph(struct tracing *tracing) {
    if (!write_file(tracing, "tracing_on", 0, "0") ||
        !write_file(tracing, "buffer_size_kb", 0, buffer_size_kb) ||
        !write_file(tracing, "current_tracer", 0, "function_graph") ||
        !write_file(tracing, "options/funcgraph-tail", 0, "1"))
        return explain(tracing, "the function graph cannot be set up: %s", strerror(errno));
    tracing->pipe = openat(tracing->directory, "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    tracing->line = malloc(LINE_SIZE);
    return (tracing->pipe >= 0 && tracing->line != NULL) ||
           explain(tracing, "trace_pipe cannot be read: %s", strerror(errno));
}

bool tracing_open(struct tracing *tracing, struct profile *profile) {
    *tracing = (struct tracing){.directory = -1, .pipe = -1};
    if (!open_directory(tracing))
        return false;
    bool has_profiler = has(tracing, "function_profile_enabled");
    if (!has_profiler && !has_graph_tracer(tracing))
        return explain(tracing, "the kernel has no function profiler and no function graph");
    if (!has(tracing, "set_ftrace_filter"))
        return explain(tracing, "the kernel cannot limit the tracer to functions");
    profile->method = has_profiler ? profiler_method : graph_method;
    if (filter_functions(tracing, profile) == 0) {
        profile->method = NULL;
        return true;
    }
    if (!has_profiler)
        return open_graph(tracing);
    write_file(tracing, "function_profile_enabled", 0, "0");
    return true;
}

void tracing_start(struct tracing *tracing, const struct profile *profile) {
    if (tracing->pipe >= 0)
        write_file(tracing, "tracing_on", 0, "1");
    else if (profile->method != NULL)
        write_file(tracing, "function_profile_enabled", 0, "1");
}

/* A line that is longer than the buffer is nothing that we look for: its start is dropped. */
static void take_bytes(struct tracing *tracing, struct profile *profile, const char *bytes,
                       size_t length) {
    for (size_t index = 0; index < length; index++) {
        if (tracing->line_length == LINE_SIZE - 1)
            tracing->line_length = 0;
        if (bytes[index] != '\n') {
            tracing->line[tracing->line_length++] = bytes[index];
            continue;
        }
        tracing->line[tracing->line_length] = '\0';
        tracing->line_length = 0;
        profile_add_graph(profile, tracing->line);
    }
}

static bool take_once(struct tracing *tracing, struct profile *profile) {
    char bytes[READ_SIZE];
    ssize_t length = read(tracing->pipe, bytes, sizeof(bytes));
    if (length > 0)
        take_bytes(tracing, profile, bytes, (size_t)length);
    return length > 0;
}

bool tracing_wait(const struct tracing *tracing, int wait_ms) {
    struct pollfd ready = {.fd = tracing->pipe, .events = POLLIN};
    /* Of a negative descriptor nothing is asked, so that this is then a plain pause. */
    return poll(&ready, 1, wait_ms) > 0;
}

void tracing_take(struct tracing *tracing, struct profile *profile) {
    while (tracing->pipe >= 0 && take_once(tracing, profile))
        continue;
}

typedef void line_taker(struct profile *profile, const char *line);

static void take_file(const struct tracing *tracing, const char *path, line_taker *take,
                      struct profile *profile) {
    char line[512];
    int descriptor = openat(tracing->directory, path, O_RDONLY | O_CLOEXEC);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        take(profile, line);
    if (file != NULL)
        fclose(file);
}

/* Of each CPU: `folder` holds a file for each, or a folder with a file called `file`. */
static void take_cpus(const struct tracing *tracing, const char *folder, const char *file,
                      line_taker *take, struct profile *profile) {
    char path[512];
    int descriptor = openat(tracing->directory, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    const struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s%s", folder, entry->d_name, file);
        take_file(tracing, path, take, profile);
    }
    if (entries != NULL)
        closedir(entries);
}

void tracing_finish(struct tracing *tracing, struct profile *profile) {
    if (tracing->pipe >= 0) {
        write_file(tracing, "tracing_on", 0, "0");
        tracing_take(tracing, profile);
        take_cpus(tracing, "per_cpu", "/stats", profile_add_loss, profile);
        close(tracing->pipe);
        write_file(tracing, "current_tracer", 0, "nop");
        write_file(tracing, "options/funcgraph-tail", 0, "0");
        write_file(tracing, "tracing_on", 0, "1");
    } else if (profile->method != NULL) {
        write_file(tracing, "function_profile_enabled", 0, "0");
        take_cpus(tracing, "trace_stat", "", profile_add_statistic, profile);
    }
    if (tracing->directory >= 0 && tracing->problem[0] == '\0') {
        write_file(tracing, "set_ftrace_filter", O_TRUNC, "\n");
        close(tracing->directory);
    }
    free(tracing->line);
}
