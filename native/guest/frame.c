// SPDX-License-Identifier: Apache-2.0
/*
 * Writes the frames that frame.h describes: `LS1 <seq> <crc32> <kind> <text>` and a newline. It
 * does not open, configure or drain the channel.
 */
#define _GNU_SOURCE
#include "frame.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for the sequence number, the kind with its plus sign, and the blanks between them. */
enum { BODY_SIZE = FRAME_TEXT_MAX + FRAME_KIND_MAX + 32, FRAME_SIZE = BODY_SIZE + 16 };

uint32_t frame_crc32(const void *bytes, size_t length) {
    const unsigned char *next = bytes;
    uint32_t crc = 0xffffffffu;
    while (length-- > 0) {
        crc ^= *next++;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1u) ? 0xedb88320u : 0u);
    }
    return ~crc;
}

/* Bytes beyond ASCII are escaped too, so that no decoder on the way can break a checksum. */
static size_t escape_byte(char escaped[5], char byte) {
    unsigned char code = (unsigned char)byte;
    if (code == '\\')
        return (size_t)snprintf(escaped, 5, "\\\\");
    if (code < 0x20 || code > 0x7e)
        return (size_t)snprintf(escaped, 5, "\\x%02x", (unsigned int)code);
    return (size_t)snprintf(escaped, 5, "%c", code);
}

size_t frame_escape(char *text, size_t text_size, const char *bytes, size_t length) {
    size_t used = 0, taken = 0;
    char escaped[5];
    while (taken < length) {
        size_t escaped_length = escape_byte(escaped, bytes[taken]);
        if (used + escaped_length + 1 > text_size)
            break;
        memcpy(text + used, escaped, escaped_length);
        used += escaped_length;
        taken++;
    }
    text[used] = '\0';
    return taken;
}

static void write_all(struct frame_writer *writer, const char *bytes, size_t length) {
    while (length > 0 && !writer->failed) {
        ssize_t written = write(writer->descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            writer->failed = true;
            return;
        }
        bytes += written;
        length -= (size_t)written;
    }
}

static void send_one(struct frame_writer *writer, const char *kind, const char *more,
                     const char *text) {
    char body[BODY_SIZE], frame[FRAME_SIZE];
    int body_length = snprintf(body, sizeof(body), "%" PRIu64 " %.*s%s %s",
                               writer->next_sequence, (int)FRAME_KIND_MAX, kind, more, text);
    uint32_t crc = frame_crc32(body, (size_t)body_length);
    const char *rest = strchr(body, ' ') + 1;
    int frame_length = snprintf(frame, sizeof(frame), "LS1 %" PRIu64 " %08" PRIx32 " %s\n",
                                writer->next_sequence, crc, rest);
    writer->next_sequence++;
    write_all(writer, frame, (size_t)frame_length);
}

void frame_send_bytes(struct frame_writer *writer, const char *kind, const char *bytes,
                      size_t length) {
    char text[FRAME_TEXT_MAX + 1];
    for (;;) {
        size_t taken = frame_escape(text, sizeof(text), bytes, length);
        bytes += taken;
        length -= taken;
        send_one(writer, kind, length > 0 ? "+" : "", text);
        if (length == 0)
            return;
    }
}

void frame_send(struct frame_writer *writer, const char *kind, const char *format, ...) {
    char text[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    frame_send_bytes(writer, kind, text, strlen(text));
}

static void send_lines(struct frame_writer *writer, const char *kind, FILE *file,
                       size_t bytes_max) {
    char *line = NULL;
    size_t line_size = 0, bytes = 0;
    ssize_t length;
    while ((length = getline(&line, &line_size, file)) >= 0) {
        bytes += (size_t)length;
        if (bytes > bytes_max) {
            frame_send(writer, kind, "(cut)");
            break;
        }
        if (length > 0 && line[length - 1] == '\n')
            length--;
        frame_send_bytes(writer, kind, line, (size_t)length);
    }
    free(line);
}

bool frame_send_file(struct frame_writer *writer, const char *kind, const char *path,
                     size_t bytes_max) {
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    send_lines(writer, kind, file, bytes_max);
    bool complete = ferror(file) == 0;
    fclose(file);
    return complete;
}
