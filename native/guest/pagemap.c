// SPDX-License-Identifier: Apache-2.0
/*
 * Counts the bits of /proc/PID/pagemap and /proc/kpageflags, as pagemap.h describes. What cannot be
 * read is said to be absent; nothing is guessed.
 */
#define _GNU_SOURCE
#include "pagemap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

/* A mapping of more than 64 GiB is a reservation, and would take minutes to read. */
enum { ENTRIES_AT_ONCE = 4096, PAGES_MAX = 16777216 };

struct bit {
    const char *name;
    int number;
};

/* Of a pagemap's entry, as Documentation/admin-guide/mm/pagemap.rst has them. */
static const struct bit entry_bits[] = {
    {"present", 63}, {"swapped", 62}, {"soft_dirty", 55}, {"exclusive", 56}, {"file_or_shared", 61},
};
static const struct bit flag_bits[] = {
    {"thp", 22},           {"huge", 17}, {"ksm", 21},        {"compound_head", 15},
    {"compound_tail", 16}, {"anon", 12}, {"swapbacked", 14}, {"dirty", 4},
};
enum {
    ENTRY_BITS = sizeof(entry_bits) / sizeof(entry_bits[0]),
    FLAG_BITS = sizeof(flag_bits) / sizeof(flag_bits[0]),
};

static const uint64_t present_bit = 1ull << 63;
static const uint64_t frame_mask = (1ull << 55) - 1;

struct counts {
    uint64_t entries[ENTRY_BITS], flags[FLAG_BITS];
    uint64_t pages;
    bool has_flags; /* False once the flags of one present page could not be read. */
};

static void count_bits(uint64_t word, const struct bit *bits, int bit_count, uint64_t *counts) {
    for (int index = 0; index < bit_count; index++)
        counts[index] += word >> bits[index].number & 1;
}

/* The number of the page's frame is 0 for all who may not see it. */
static void count_page(struct counts *counts, uint64_t entry, int flags_file) {
    uint64_t frame = entry & frame_mask, flags;
    counts->pages++;
    count_bits(entry, entry_bits, ENTRY_BITS, counts->entries);
    if ((entry & present_bit) == 0)
        return;
    off_t offset = (off_t)(frame * sizeof(flags));
    if (frame == 0 || pread(flags_file, &flags, sizeof(flags), offset) != sizeof(flags))
        counts->has_flags = false;
    else
        count_bits(flags, flag_bits, FLAG_BITS, counts->flags);
}

static bool count_mapping(struct counts *counts, int pagemap, int flags_file, uint64_t first,
                          uint64_t pages) {
    uint64_t entries[ENTRIES_AT_ONCE];
    while (counts->pages < pages) {
        uint64_t left = pages - counts->pages;
        size_t wanted = left < ENTRIES_AT_ONCE ? (size_t)left : ENTRIES_AT_ONCE;
        off_t offset = (off_t)((first + counts->pages) * sizeof(entries[0]));
        ssize_t length = pread(pagemap, entries, wanted * sizeof(entries[0]), offset);
        if (length < (ssize_t)sizeof(entries[0]))
            return false;
        for (size_t index = 0; index < (size_t)length / sizeof(entries[0]); index++)
            count_page(counts, entries[index], flags_file);
    }
    return true;
}

static void write_counts(FILE *output, const struct bit *bits, int bit_count,
                         const uint64_t *counts) {
    for (int index = 0; index < bit_count; index++)
        fprintf(output, " %s=%" PRIu64, bits[index].name, counts[index]);
}

static void write_mapping(FILE *output, int pagemap, int flags_file, uint64_t start,
                          uint64_t end) {
    uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE), pages = (end - start) / page_size;
    struct counts counts = {.has_flags = flags_file >= 0};
    fprintf(output, "%" PRIx64 "-%" PRIx64 " pages=%" PRIu64, start, end, pages);
    if (pages > PAGES_MAX)
        fprintf(output, " skipped=too-large");
    else if (!count_mapping(&counts, pagemap, flags_file, start / page_size, pages))
        fprintf(output, " skipped=unreadable");
    else {
        write_counts(output, entry_bits, ENTRY_BITS, counts.entries);
        if (counts.has_flags)
            write_counts(output, flag_bits, FLAG_BITS, counts.flags);
        else
            fprintf(output, " flags=absent");
    }
    fputc('\n', output);
}

void pagemap_write(FILE *output, pid_t process) {
    char path[64], line[8192];
    uint64_t start, end;
    snprintf(path, sizeof(path), "/proc/%d/maps", (int)process);
    FILE *maps = fopen(path, "re");
    snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)process);
    int pagemap = open(path, O_RDONLY | O_CLOEXEC);
    int flags_file = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
    if (maps == NULL || pagemap < 0)
        fputs("absent\n", output);
    while (maps != NULL && pagemap >= 0 && fgets(line, sizeof(line), maps) != NULL)
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) == 2)
            write_mapping(output, pagemap, flags_file, start, end);
    if (maps != NULL)
        fclose(maps);
    if (pagemap >= 0)
        close(pagemap);
    if (flags_file >= 0)
        close(flags_file);
}
