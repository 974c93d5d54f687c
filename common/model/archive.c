/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/archive.h"

#include "common/model/sniff.h"

#include <zlib.h>

/* What a model may become: none is worth more than fifty times its gzip. */
#define GROWTH     50
#define GROWTH_MIN ((size_t)32 << 20)
#define CHUNK      ((size_t)256 << 10)

/* A tar header and, in it, the fields that matter here. */
#define BLOCK    512
#define NAME_LEN 100
#define SIZE_AT  124
#define TYPE_AT  156

static enum rc
refuse_gzip(const z_stream *z, struct err *e)
{
    return err_set(e, RC_REFUSED,
                   "this gzip file is damaged or cut off (%s): copy it again",
                   z->msg != NULL ? z->msg : "it ends too early");
}

static enum rc
inflate_all(z_stream *z, struct buf *out, struct err *e)
{
    int status = Z_OK;

    while (status != Z_STREAM_END) {
        char *to = buf_reserve(out, CHUNK);

        if (to == NULL) {
            return err_set(e, RC_REFUSED,
                           "this gzip file unpacks to more than a model would "
                           "(over %zu MiB): unpack it and give the model "
                           "inside",
                           out->max >> 20);
        }
        z->next_out = (Bytef *)to;
        z->avail_out = CHUNK;
        status = inflate(z, Z_NO_FLUSH);
        out->len += CHUNK - z->avail_out;
        if ((status != Z_OK && status != Z_STREAM_END) ||
            (status == Z_OK && z->avail_in == 0 && z->avail_out > 0)) {
            return refuse_gzip(z, e);
        }
    }
    return RC_OK;
}

enum rc
archive_gunzip(struct str bytes, struct buf *out, struct err *e)
{
    z_stream z = {.next_in = (Bytef *)bytes.p, .avail_in = (uInt)bytes.len};
    size_t most = bytes.len * GROWTH;
    enum rc rc;

    buf_init(out, most > GROWTH_MIN ? most : GROWTH_MIN);
    /* 16: expect a gzip header. */
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = inflate_all(&z, out, e);
    inflateEnd(&z);
    return rc;
}

/* Octal digits, blanks or NULs around them. */
static bool
read_octal(const char *p, size_t len, size_t *n)
{
    size_t i = 0;

    *n = 0;
    while (i < len && p[i] == ' ') {
        i++;
    }
    for (; i < len && p[i] >= '0' && p[i] <= '7'; i++) {
        *n = *n * 8 + (size_t)(p[i] - '0');
    }
    return i == len || p[i] == ' ' || p[i] == '\0';
}

static struct str
base_name(const char *header)
{
    struct str name = {header, strnlen(header, NAME_LEN)};

    for (size_t i = name.len; i > 0; i--) {
        if (name.p[i - 1] == '/') {
            return (struct str){name.p + i, name.len - i};
        }
    }
    return name;
}

static bool
may_be_model(const char *header, struct str file)
{
    bool regular = header[TYPE_AT] == '0' || header[TYPE_AT] == '\0';

    return regular && !str_starts(base_name(header), STR(".")) &&
           sniff(file) != SNIFF_FOREIGN;
}

static enum rc
refuse_count(size_t nmodel, size_t nfile, struct err *e)
{
    if (nmodel == 0) {
        return err_set(e, RC_REFUSED,
                       "none of the %zu entries of this tar archive is an "
                       "XGBoost model: give the model itself",
                       nfile);
    }
    return err_set(e, RC_REFUSED,
                   "this tar archive holds %zu models, whose mean SageMaker "
                   "would answer: unpack it and give one",
                   nmodel);
}

enum rc
archive_find_model(struct str tar, struct str *model, struct err *e)
{
    struct str rest = tar;
    size_t nmodel = 0;
    size_t nfile = 0;

    while (rest.len >= BLOCK && rest.p[0] != '\0') {
        const char *header = rest.p;
        size_t size;
        size_t padded;

        rest = (struct str){rest.p + BLOCK, rest.len - BLOCK};
        if (!read_octal(header + SIZE_AT, 12, &size) || size > rest.len) {
            return err_set(e, RC_REFUSED,
                           "this tar archive is damaged or cut off: copy it "
                           "again");
        }
        nfile++;
        if (may_be_model(header, (struct str){rest.p, size})) {
            *model = (struct str){rest.p, size};
            nmodel++;
        }
        padded = (size + BLOCK - 1) / BLOCK * BLOCK;
        padded = padded > rest.len ? rest.len : padded;
        rest = (struct str){rest.p + padded, rest.len - padded};
    }
    return nmodel == 1 ? RC_OK : refuse_count(nmodel, nfile, e);
}
