/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_keep.h"

#include "common/base/hash.h"
#include "common/table/record.h"

static void
pack(const struct sink *sink, struct chunk *c, const struct sink_rows *rows)
{
    const struct sink_keep *s = (const struct sink_keep *)sink;
    size_t size = s->record_size + s->features_size;

    for (size_t i = 0; i < rows->n; i++) {
        struct str id = rows->row[i].id;
        size_t at = keep_put(&c->rows, hash_key(id), id, size);
        char *p = c->rows.p + at;

        if (buf_failed(&c->rows)) {
            return;
        }
        if (rows->nitem > 0) {
            p += record_put_items(s->encoding, p, rows->item + i * rows->nitem,
                                  rows->nitem);
        } else if (s->record_size > 0) {
            p += record_put_f32(p, rows->y + i * rows->noutput, rows->noutput);
        }
        if (s->features_size > 0) {
            record_put_features(p, s->stamp_us, rows->x + i * rows->nfeature,
                                rows->nfeature);
        }
    }
}

static enum rc
take(struct sink *sink, struct chunk *c, struct err *e)
{
    struct sink_keep *s = (struct sink_keep *)sink;

    enum rc rc = keep_add(s->keep, &c->rows, c->nrow);

    return rc == RC_OK ? RC_OK
           : rc == RC_IO
               ? err_set(e, rc,
                         "rows past --memory go to a temporary file, which "
                         "cannot be written: name another place in TMPDIR")
               : err_set(e, rc, "out of memory");
}

static const struct sink_ops ops = {"keep", pack, take};

enum rc
sink_keep_init(struct sink_keep *s, enum record_encoding encoding, size_t room,
               size_t nfeature, bool with_features, uint64_t stamp_us)
{
    *s = (struct sink_keep){
        .sink = {&ops},
        .encoding = encoding,
        .record_size = record_size(encoding, room),
        .features_size =
            with_features ? sizeof(uint64_t) + nfeature * sizeof(float) : 0,
        .stamp_us = stamp_us,
    };
    s->keep = keep_create();
    return s->keep == NULL ? RC_NOMEM : RC_OK;
}

size_t
sink_keep_score_offset(const struct sink_keep *s)
{
    return record_size(s->encoding, 1) - sizeof(float);
}

void
sink_keep_fini(struct sink_keep *s)
{
    keep_destroy(&s->keep);
}
