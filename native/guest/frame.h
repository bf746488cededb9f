// SPDX-License-Identifier: Apache-2.0
/*
 * Frames of the result channel: one line each, numbered and with a checksum, so that the host can
 * tell a cut or damaged stream from a whole one. It does not know what the kinds mean.
 */
#ifndef LABSWEEP_FRAME_H
#define LABSWEEP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of escaped text in one frame; what is longer goes on in the next frame. */
enum { FRAME_TEXT_MAX = 3900, FRAME_KIND_MAX = 15 };

/* One writer owns one open descriptor. After a failed write it stays failed and sends nothing. */
struct frame_writer {
    int descriptor;
    bool failed;
    uint64_t next_sequence;
};

/* The CRC-32 of zlib, PNG and Ethernet (reflected polynomial 0xedb88320). */
uint32_t frame_crc32(const void *bytes, size_t length);

/*
 * Escapes as much of `bytes` as fits into `text_size` bytes with the closing NUL, never half of
 * an escape. Gives the number of bytes taken; the escaped text is printable ASCII.
 */
size_t frame_escape(char *text, size_t text_size, const char *bytes, size_t length);

/* Sends the bytes as one frame, or as `kind+` frames closed by one of `kind`. */
void frame_send_bytes(struct frame_writer *writer, const char *kind, const char *bytes,
                      size_t length);

/* The same for a text that is formatted first; what is beyond 8 KiB of it is cut off. */
__attribute__((format(printf, 3, 4))) void frame_send(struct frame_writer *writer,
                                                      const char *kind, const char *format, ...);

/*
 * Sends each line of a file as `kind`. A line that would go beyond `bytes_max` of the file is not
 * sent, and `(cut)` takes the place of the rest. False if the file cannot be read.
 */
bool frame_send_file(struct frame_writer *writer, const char *kind, const char *path,
                     size_t bytes_max);

#endif
