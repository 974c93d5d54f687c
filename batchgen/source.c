/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   file --> raw --> decode --> head, then what source_read is asked for
 *
 * Plain files go from the descriptor to the reader once raw, which had their
 * first bytes for a look, is empty. What can be opened twice is closed behind
 * the first record; a stream stays open, and its head is given first.
 */
#include "batchgen/source.h"

#include "batchgen/source_bytes.h"
#include "common/base/clock.h"
#include "common/model/row.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct str utf8_bom = STR("\xef\xbb\xbf");

void
source_init(struct source *s, char *path, bool lines)
{
    *s = (struct source){.path = path, .fd = -1, .lines = lines};
    buf_init(&s->head, RECORD_MAX + SOURCE_READ_SIZE);
    buf_init(&s->raw, SOURCE_READ_SIZE);
}

void
source_fini(struct source *s)
{
    source_close(s);
    buf_fini(&s->head);
    free(s->path);
}

static enum rc
open_first(struct source *s, struct err *e)
{
    struct stat st;

    s->fd = strcmp(s->path, "-") == 0 ? dup(STDIN_FILENO)
                                      : open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        return source_io_error(s, e);
    }
    s->device = st.st_dev;
    s->inode = st.st_ino;
    s->stream = !S_ISREG(st.st_mode) || strcmp(s->path, "-") == 0;
    s->size = s->stream ? 0 : (uint64_t)st.st_size;
    s->mtime_us = s->stream ? clock_wall_us()
                            : (uint64_t)st.st_mtim.tv_sec * 1000000 +
                                  (uint64_t)st.st_mtim.tv_nsec / 1000;
    return source_sniff(s, e);
}

static void
take_header(struct source *s, size_t record_len)
{
    size_t bom = str_starts(buf_view(&s->head), utf8_bom) ? utf8_bom.len : 0;
    struct str line = {s->head.p + bom, record_len - bom};

    s->data_line = 1;
    for (size_t i = 0; i < record_len; i++) {
        s->data_line += s->head.p[i] == '\n' ? 1 : 0;
    }
    if (line.len > 0 && line.p[line.len - 1] == '\n') {
        line.len--;
    }
    if (line.len > 0 && line.p[line.len - 1] == '\r') {
        line.len--;
    }
    s->header = line;
    s->data_offset = record_len;
}

/* Length of the first record with its end, 0 while that is not there. */
static size_t
first_len(const struct source *s)
{
    const char *end;

    if (!s->lines) {
        return row_record_len(buf_view(&s->head), false);
    }
    end = s->head.len == 0 ? NULL : memchr(s->head.p, '\n', s->head.len);
    return end == NULL ? 0 : (size_t)(end - s->head.p) + 1;
}

/* Read on until the first record is whole. */
static enum rc
read_header(struct source *s, struct err *e)
{
    size_t len = 0, got = 1;

    while (len == 0 && got > 0) {
        char *p = buf_reserve(&s->head, SOURCE_READ_SIZE);
        enum rc rc;

        if (p == NULL) {
            return err_set(e, RC_REFUSED,
                           "%s: the first record has no end within 16 MiB: is "
                           "this a text file?",
                           s->path);
        }
        rc = source_take(s, p, SOURCE_READ_SIZE, &got, NULL, e);
        if (rc != RC_OK) {
            return rc;
        }
        s->head.len += got;
        len = first_len(s);
    }
    if (len == 0) {
        len = s->head.len; /* one record and nothing else */
    }
    if (len == 0 && !s->lines) {
        return err_set(e, RC_REFUSED, "%s: the file is empty", s->path);
    }
    take_header(s, len);
    return RC_OK;
}

/* What a spreadsheet saves as "Unicode text" has one of these marks. */
static enum rc
refuse_utf16(const struct source *s, struct err *e)
{
    struct str head = buf_view(&s->head);

    return str_starts(head, STR("\xff\xfe")) ||
                   str_starts(head, STR("\xfe\xff"))
               ? err_set(e, RC_REFUSED,
                         "%s: this is UTF-16; make it UTF-8 first (iconv -f "
                         "UTF-16 -t UTF-8)",
                         s->path)
               : RC_OK;
}

enum rc
source_peek(struct source *s, struct err *e)
{
    enum rc rc = open_first(s, e);

    if (rc == RC_OK) {
        rc = read_header(s, e);
    }
    if (rc == RC_OK) {
        rc = refuse_utf16(s, e);
    }
    if (rc != RC_OK || !s->stream) {
        source_close(s);
    }
    return rc;
}

void
source_no_header(struct source *s)
{
    s->data_offset =
        str_starts(buf_view(&s->head), utf8_bom) ? utf8_bom.len : 0;
    s->data_line = 1;
    s->header = STR("");
}

/* Unpack again what was unpacked for the header. */
static enum rc
skip_head(struct source *s, struct err *e)
{
    size_t left = s->data_offset, got = 1;
    enum rc rc = source_sniff(s, e);
    char bytes[4096];

    while (rc == RC_OK && left > 0 && got > 0) {
        size_t n = left < sizeof(bytes) ? left : sizeof(bytes);

        rc = source_take(s, bytes, n, &got, NULL, e);
        left -= got;
    }
    return rc;
}

enum rc
source_open(struct source *s, struct err *e)
{
    if (s->stream) {
        return RC_OK;
    }
    s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0) {
        return source_io_error(s, e);
    }
    if (s->packed) {
        return skip_head(s, e);
    }
    return lseek(s->fd, (off_t)s->data_offset, SEEK_SET) < 0
               ? source_io_error(s, e)
               : RC_OK;
}

/* What was read of a stream beyond the header. */
static size_t
take_rest_of_head(struct source *s, char *p, size_t n)
{
    size_t rest = s->head.len - s->data_offset;
    size_t take = rest < n ? rest : n;

    memcpy(p, s->head.p + s->data_offset, take);
    memmove(s->head.p + s->data_offset, s->head.p + s->data_offset + take,
            rest - take);
    s->head.len -= take;
    return take;
}

enum rc
source_read(struct source *s, char *p, size_t n, size_t *got,
            const struct stop *stop, struct err *e)
{
    if (s->stream && s->head.len > s->data_offset) {
        *got = take_rest_of_head(s, p, n);
        return RC_OK;
    }
    return source_take(s, p, n, got, stop, e);
}

void
source_close(struct source *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
    decode_destroy(&s->decode);
    buf_fini(&s->raw);
    buf_init(&s->raw, SOURCE_READ_SIZE);
    s->raw_at = 0;
    s->raw_end = false;
}
