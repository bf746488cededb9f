// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: a frame is exactly what the host will parse. Method: frames are written into a file and
 * compared as text; checksums are compared with values known from zlib.
 */
#define _GNU_SOURCE
#include "frame.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

enum { STREAM_SIZE = 65536 };

static struct frame_writer open_stream(void) {
    char path[] = "/tmp/labsweep-frame-XXXXXX";
    struct frame_writer writer = {.descriptor = mkstemp(path)};
    unlink(path);
    return writer;
}

static void take_stream(struct frame_writer *writer, char stream[STREAM_SIZE]) {
    ssize_t length = pread(writer->descriptor, stream, STREAM_SIZE - 1, 0);
    stream[length > 0 ? length : 0] = '\0';
    close(writer->descriptor);
}

static void checksums_are_those_of_zlib(void) {
    CHECK(frame_crc32("123456789", 9) == 0xcbf43926u);
    CHECK(frame_crc32("", 0) == 0);
    CHECK(frame_crc32("a", 1) == 0xe8b7be43u);
}

static void a_frame_has_the_documented_form(void) {
    char stream[STREAM_SIZE];
    struct frame_writer writer = open_stream();
    frame_send(&writer, "fact", "%s=%d", "online_cpus", 1);
    frame_send(&writer, "end", "frames=%d", 1);
    take_stream(&writer, stream);
    char expected[256], first[] = "0 fact online_cpus=1", second[] = "1 end frames=1";
    snprintf(expected, sizeof(expected), "LS1 0 %08x %s\nLS1 1 %08x %s\n",
             frame_crc32(first, strlen(first)), first + 2, frame_crc32(second, strlen(second)),
             second + 2);
    CHECK_TEXT(stream, expected);
    CHECK(writer.next_sequence == 2);
}

static void text_is_escaped_to_printable_ascii(void) {
    char text[64];
    static const char bytes[] = "a\\b\r\t\0\x7f\xc3z";
    CHECK(frame_escape(text, sizeof(text), bytes, sizeof(bytes) - 1) == sizeof(bytes) - 1);
    CHECK_TEXT(text, "a\\\\b\\x0d\\x09\\x00\\x7f\\xc3z");
    CHECK(frame_escape(text, sizeof(text), "", 0) == 0);
    CHECK_TEXT(text, "");
}

static void an_escape_is_never_cut_in_two(void) {
    char text[6];
    CHECK(frame_escape(text, sizeof(text), "ab\r", 3) == 2);
    CHECK_TEXT(text, "ab");
    CHECK(frame_escape(text, sizeof(text), "a\r", 2) == 2);
    CHECK_TEXT(text, "a\\x0d");
    CHECK(frame_escape(text, sizeof(text), "abcd\\", 5) == 4);
}

static void check_piece(const char *line, const char *head, size_t text_length) {
    CHECK(strncmp(line, "LS1 ", 4) == 0);
    const char *kind = strchr(strchr(line + 4, ' ') + 1, ' ') + 1;
    CHECK(strncmp(kind, head, strlen(head)) == 0);
    CHECK(strcspn(kind + strlen(head), "\n") == text_length);
}

static void long_lines_are_split(void) {
    char stream[STREAM_SIZE], bytes[2 * FRAME_TEXT_MAX + 7];
    memset(bytes, 'x', sizeof(bytes));
    struct frame_writer writer = open_stream();
    frame_send_bytes(&writer, "out", bytes, sizeof(bytes));
    frame_send_bytes(&writer, "out", bytes, FRAME_TEXT_MAX);
    frame_send_bytes(&writer, "out", "", 0);
    take_stream(&writer, stream);
    CHECK(writer.next_sequence == 5);
    const char *heads[] = {"out+ ", "out+ ", "out ", "out ", "out "};
    const size_t lengths[] = {FRAME_TEXT_MAX, FRAME_TEXT_MAX, 7, FRAME_TEXT_MAX, 0};
    const char *line = stream;
    for (int index = 0; index < 5; index++) {
        check_piece(line, heads[index], lengths[index]);
        line = strchr(line, '\n') + 1;
    }
    CHECK(*line == '\0');
}

static void a_file_is_sent_line_by_line(void) {
    char stream[STREAM_SIZE], path[] = "/tmp/labsweep-lines-XXXXXX";
    int file = mkstemp(path);
    CHECK(write(file, "one\n\nlast", 9) == 9);
    close(file);
    struct frame_writer writer = open_stream();
    CHECK(frame_send_file(&writer, "err", path, SIZE_MAX));
    unlink(path);
    CHECK(!frame_send_file(&writer, "err", path, SIZE_MAX));
    take_stream(&writer, stream);
    CHECK(writer.next_sequence == 3);
    CHECK(strstr(stream, " err one\n") != NULL);
    CHECK(strstr(stream, " err \n") != NULL);
    CHECK(strstr(stream, " err last\n") != NULL);
}

static void a_file_beyond_its_limit_is_cut_between_lines(void) {
    char stream[STREAM_SIZE], path[] = "/tmp/labsweep-cut-XXXXXX";
    int file = mkstemp(path);
    CHECK(write(file, "one\ntwo\nthree\n", 14) == 14);
    close(file);
    struct frame_writer writer = open_stream();
    CHECK(frame_send_file(&writer, "state", path, 8));
    CHECK(frame_send_file(&writer, "whole", path, 14));
    unlink(path);
    take_stream(&writer, stream);
    CHECK(writer.next_sequence == 6);
    CHECK(strstr(stream, " state two\n") != NULL);
    CHECK(strstr(stream, " state (cut)\n") != NULL);
    CHECK(strstr(stream, " state three\n") == NULL);
    CHECK(strstr(stream, " whole three\n") != NULL);
}

static void a_failed_write_is_remembered(void) {
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    struct frame_writer writer = {.descriptor = ends[1]};
    frame_send(&writer, "out", "lost");
    CHECK(writer.failed);
    close(ends[1]);
}

int main(void) {
    checksums_are_those_of_zlib();
    a_frame_has_the_documented_form();
    text_is_escaped_to_printable_ascii();
    an_escape_is_never_cut_in_two();
    long_lines_are_split();
    a_file_is_sent_line_by_line();
    a_file_beyond_its_limit_is_cut_between_lines();
    a_failed_write_is_remembered();
    return check_end();
}
