/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/chunk.h"

#include "common/model/row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Small enough to stay in a core's cache from the parse to the pack. */
#define CHUNK_SIZE ((size_t)256 << 10)
#define ROWS_MAX   ((size_t)4 << 30)

struct chunk *
chunk_create(void)
{
    struct chunk *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        return NULL;
    }
    buf_init(&c->data, RECORD_MAX + CHUNK_SIZE);
    buf_init(&c->rows, ROWS_MAX);
    buf_init(&c->rejects, ROWS_MAX);
    return c;
}

void
chunk_destroy(struct chunk **c)
{
    if (*c == NULL) {
        return;
    }
    buf_fini(&(*c)->data);
    buf_fini(&(*c)->rows);
    buf_fini(&(*c)->rejects);
    free(*c);
    *c = NULL;
}

void
cutter_init(struct cutter *c, struct source *s, const struct stop *stop)
{
    *c = (struct cutter){
        .source = s,
        .stop = stop,
        .size = CHUNK_SIZE,
        .offset = s->data_offset,
        .line = s->data_line,
    };
    buf_init(&c->carry, RECORD_MAX + CHUNK_SIZE);
}

void
cutter_fini(struct cutter *c)
{
    buf_fini(&c->carry);
}

/* Bytes of whole records at the beginning of data. */
static size_t
whole_len(struct str data, bool quoted)
{
    size_t at = 0, n;

    if (!quoted) {
        const char *last = memrchr(data.p, '\n', data.len);

        return last == NULL ? 0 : (size_t)(last - data.p) + 1;
    }
    do {
        n = row_record_len((struct str){data.p + at, data.len - at}, false);
        at += n;
    } while (n > 0 && at < data.len);
    return at;
}

static uint64_t
count_lines(struct str data)
{
    uint64_t n = 0;
    const char *end = data.p + data.len;

    for (const char *p = data.p; p < end; p++) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (p == NULL) {
            break;
        }
        n++;
    }
    return n;
}

/*
 * A record that fills the buffer: a quote that nothing closes spoils one line
 * only, as row_record_len has it.
 */
static enum rc
cut_endless(const struct cutter *c, const struct chunk *chunk, size_t *whole,
            struct err *e)
{
    struct str data = buf_view(&chunk->data);

    *whole = chunk->quoted ? row_record_len(data, true) : data.len;
    return *whole < data.len
               ? RC_OK
               : err_set(e, RC_REFUSED,
                         "%s:%" PRIu64 ": the record that begins here has no "
                         "end within 16 MiB: is this a text file?",
                         c->source->path, c->line);
}

static enum rc
read_more(struct cutter *c, struct buf *data, struct err *e)
{
    size_t got;
    char *p = buf_reserve(data, c->size);
    enum rc rc = p == NULL
                     ? err_set(e, RC_NOMEM, "out of memory")
                     : source_read(c->source, p, c->size, &got, c->stop, e);

    if (rc == RC_OK) {
        data->len += got;
        c->end = got == 0;
    }
    return rc;
}

enum rc
cutter_next(struct cutter *c, struct chunk *chunk, bool *any, struct err *e)
{
    struct buf *data = &chunk->data;
    size_t whole = 0;

    buf_clear(data);
    buf_str(data, buf_view(&c->carry));
    buf_clear(&c->carry);
    while (whole == 0 && !c->end) {
        bool full = data->len > RECORD_MAX;
        enum rc rc = full ? RC_OK : read_more(c, data, e);

        if (rc != RC_OK) {
            return rc;
        }
        chunk->quoted =
            !c->source->lines && memchr(data->p, '"', data->len) != NULL;
        whole = c->end ? data->len : whole_len(buf_view(data), chunk->quoted);
        if (whole == 0 && full) {
            rc = cut_endless(c, chunk, &whole, e);
        }
        if (rc != RC_OK) {
            return rc;
        }
    }
    *any = whole > 0;
    chunk->source = c->source;
    chunk->offset = c->offset;
    chunk->line = c->line;
    if (!*any) {
        return RC_OK;
    }
    buf_put(&c->carry, data->p + whole, data->len - whole);
    data->len = whole;
    if (buf_failed(data) || buf_failed(&c->carry)) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    c->offset += whole;
    c->line += count_lines(buf_view(data));
    return RC_OK;
}
