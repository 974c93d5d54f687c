/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rejected.h"

#include "common/base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)64 << 20)

struct rejected {
    const char *path;
    FILE *file;
    const struct source *source; /* of the rows last written */
};

enum rc
rejected_limit_parse(struct rejected_limit *l, const char *text, struct err *e)
{
    struct str s = str_of(text);
    float most;

    l->percent = str_ends(s, STR("%"));
    s.len -= l->percent ? 1 : 0;
    if (!number_parse_f32(s, &most) || most < 0 || (l->percent && most > 100)) {
        return err_set(e, RC_INVAL,
                       "--max-rejected must be a number of rows or a "
                       "percentage like 1%%, got '%s'",
                       text);
    }
    l->most = (double)most;
    return RC_OK;
}

enum rc
rejected_limit_check(const struct rejected_limit *l, uint64_t rejected,
                     uint64_t read, const char *path, struct err *e)
{
    double most = l->percent ? l->most / 100 * (double)read : l->most;

    if ((double)rejected <= most) {
        return RC_OK;
    }
    return err_set(e, RC_REFUSED,
                   "%" PRIu64 " of %" PRIu64 " rows were rejected, more than "
                   "--max-rejected %g%s; the rows and why are in %s",
                   rejected, read, l->most, l->percent ? "%" : "", path);
}

/* In quotes always: rows hold commas, quotes and line ends of their own. */
static void
put_quoted(struct buf *out, struct str s)
{
    buf_char(out, '"');
    while (s.p != NULL) {
        bool more = memchr(s.p, '"', s.len) != NULL;

        buf_str(out, str_cut(&s, '"'));
        if (more) {
            buf_put(out, "\"\"", 2);
        }
    }
    buf_char(out, '"');
}

void
rejected_format(struct buf *out, const char *path, uint64_t line,
                uint64_t offset, const char *reason, struct str row)
{
    put_quoted(out, str_of(path));
    buf_char(out, ',');
    buf_u64(out, line);
    buf_char(out, ',');
    buf_u64(out, offset);
    buf_char(out, ',');
    put_quoted(out, str_of(reason));
    buf_char(out, ',');
    put_quoted(out, row);
    buf_char(out, '\n');
}

struct rejected *
rejected_create(const char *path)
{
    struct rejected *r = calloc(1, sizeof(*r));

    if (r != NULL) {
        r->path = path;
    }
    return r;
}

static enum rc
write_all(struct rejected *r, struct str text, struct err *e)
{
    if (fwrite(text.p, 1, text.len, r->file) != text.len) {
        return err_set(e, RC_IO, "%s: %s", r->path, strerror(errno));
    }
    return RC_OK;
}

static enum rc
write_header(struct rejected *r, const struct source *s, struct err *e)
{
    struct buf line;
    enum rc rc;

    buf_init(&line, LINE_MAX_BYTES);
    if (r->source == NULL) {
        buf_c(&line, "file,line,offset,reason,row\n");
    }
    if (s->header.len > 0) {
        rejected_format(&line, s->path, 1, 0, "header", s->header);
    }
    r->source = s;
    rc = write_all(r, buf_view(&line), e);
    buf_fini(&line);
    return rc;
}

enum rc
rejected_add(struct rejected *r, const struct chunk *c, struct err *e)
{
    enum rc rc = RC_OK;

    if (c->rejected == 0) {
        return RC_OK;
    }
    if (r->file == NULL) {
        r->file = fopen(r->path, "we");
    }
    if (r->file == NULL) {
        return err_set(e, RC_IO,
                       "%s: %s: there are rejected rows and no place for "
                       "them, name one with --rejected",
                       r->path, strerror(errno));
    }
    if (r->source != c->source) {
        rc = write_header(r, c->source, e);
    }
    return rc == RC_OK ? write_all(r, buf_view(&c->rejects), e) : rc;
}

enum rc
rejected_finish(struct rejected *r, struct err *e)
{
    FILE *file = r->file;

    r->file = NULL;
    if (file != NULL && fclose(file) != 0) {
        return err_set(e, RC_IO, "%s: %s", r->path, strerror(errno));
    }
    return RC_OK;
}

void
rejected_destroy(struct rejected **r)
{
    if (*r == NULL) {
        return;
    }
    if ((*r)->file != NULL) {
        fclose((*r)->file);
    }
    free(*r);
    *r = NULL;
}
