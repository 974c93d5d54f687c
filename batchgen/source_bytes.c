/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source_bytes.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define POLL_MS 100

enum rc
source_io_error(const struct source *s, struct err *e)
{
    return err_set(e, RC_IO, "%s: %s", s->path, strerror(errno));
}

/* stop may be NULL while nothing is begun. */
static enum rc
read_raw(struct source *s, char *p, size_t n, size_t *got,
         const struct stop *stop, struct err *e)
{
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    ssize_t r = 0;

    while (s->stream && stop != NULL && !stop_asked(stop) &&
           poll(&fd, 1, POLL_MS) == 0) {
        /* nothing there yet */
    }
    if (stop == NULL || !stop_asked(stop)) {
        r = read(s->fd, p, n);
    }
    if (r < 0) {
        return source_io_error(s, e);
    }
    *got = (size_t)r;
    return RC_OK;
}

static enum rc
fill_raw(struct source *s, const struct stop *stop, struct err *e)
{
    size_t got = 0;
    char *p;
    enum rc rc;

    if (s->raw_at == s->raw.len) {
        buf_clear(&s->raw);
        s->raw_at = 0;
    }
    p = buf_reserve(&s->raw, SOURCE_READ_SIZE - s->raw.len);
    if (p == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = read_raw(s, p, SOURCE_READ_SIZE - s->raw.len, &got, stop, e);
    s->raw.len += got;
    s->raw_end = got == 0;
    return rc;
}

enum rc
source_sniff(struct source *s, struct err *e)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && s->raw.len < DECODE_MAGIC && !s->raw_end) {
        rc = fill_raw(s, NULL, e);
    }
    if (rc == RC_OK && decode_create(&s->decode, buf_view(&s->raw)) != RC_OK) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    }
    s->packed = s->decode != NULL;
    return rc;
}

static enum rc
read_packed(struct source *s, char *p, size_t n, size_t *got,
            const struct stop *stop, struct err *e)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && *got == 0 && (stop == NULL || !stop_asked(stop))) {
        struct str in = {s->raw.p + s->raw_at, s->raw.len - s->raw_at};

        if (decode_some(s->decode, &in, p, n, got) != RC_OK) {
            return err_set(e, RC_REFUSED, "%s: the compressed data is damaged",
                           s->path);
        }
        s->raw_at = s->raw.len - in.len;
        if (*got > 0 || in.len > 0) {
            continue;
        }
        if (s->raw_end) {
            break;
        }
        rc = fill_raw(s, stop, e);
    }
    if (rc == RC_OK && *got == 0 && s->raw_end && !decode_whole(s->decode) &&
        (stop == NULL || !stop_asked(stop))) {
        rc = err_set(e, RC_REFUSED, "%s: the compressed data is cut short",
                     s->path);
    }
    return rc;
}

enum rc
source_take(struct source *s, char *p, size_t n, size_t *got,
            const struct stop *stop, struct err *e)
{
    size_t rest = s->raw.len - s->raw_at;

    *got = 0;
    if (s->decode != NULL) {
        return read_packed(s, p, n, got, stop, e);
    }
    if (rest > 0) {
        *got = rest < n ? rest : n;
        memcpy(p, s->raw.p + s->raw_at, *got);
        s->raw_at += *got;
        return RC_OK;
    }
    return read_raw(s, p, n, got, stop, e);
}
