/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/decode.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

/* Window bits 15, and only with a gzip header. */
#define GZIP_ONLY (15 + 16)

struct decode {
    ZSTD_DStream *zstd; /* else gzip */
    size_t magic_left;  /* of this frame's magic, not yet taken by zstd */
    z_stream gzip;
    bool whole;
};

static const struct str gzip_magic = {"\x1f\x8b", 2};
static const struct str zstd_magic = {"\x28\xb5\x2f\xfd", 4};

enum rc
decode_create(struct decode **out, struct str first)
{
    bool gzip = str_starts(first, gzip_magic);
    bool zstd = str_starts(first, zstd_magic);
    struct decode *d;

    *out = NULL;
    if (!gzip && !zstd) {
        return RC_OK;
    }
    d = calloc(1, sizeof(*d));
    if (d == NULL) {
        return RC_NOMEM;
    }
    if (zstd) {
        d->zstd = ZSTD_createDStream();
        d->magic_left = DECODE_MAGIC;
    }
    if (zstd ? d->zstd == NULL : inflateInit2(&d->gzip, GZIP_ONLY) != Z_OK) {
        free(d);
        return RC_NOMEM;
    }
    *out = d;
    return RC_OK;
}

void
decode_destroy(struct decode **d)
{
    struct decode *old = *d;

    *d = NULL;
    if (old == NULL) {
        return;
    }
    if (old->zstd != NULL) {
        ZSTD_freeDStream(old->zstd);
    } else {
        inflateEnd(&old->gzip);
    }
    free(old);
}

/*
 * zstd's libraries may be built to read its old formats, too. They tell them by
 * four bytes at once, wherever an input is cut: so they never see four.
 */
static enum rc
decode_zstd(struct decode *d, struct str *in, char *out, size_t cap,
            size_t *got)
{
    size_t most = d->magic_left > 0 && in->len > 0 ? 1 : in->len;
    ZSTD_inBuffer from = {in->p, most, 0};
    ZSTD_outBuffer to = {out, cap, 0};
    size_t left = ZSTD_decompressStream(d->zstd, &to, &from);

    if (ZSTD_isError(left)) {
        return RC_REFUSED;
    }
    d->whole = left == 0;
    if (d->whole) {
        d->magic_left = DECODE_MAGIC;
    } else if (d->magic_left > 0) {
        d->magic_left -= from.pos;
    }
    in->p += from.pos;
    in->len -= from.pos;
    *got = to.pos;
    return RC_OK;
}

static uInt
clip(size_t n)
{
    return n > 1 << 30 ? 1 << 30 : (uInt)n;
}

static enum rc
decode_gzip(struct decode *d, struct str *in, char *out, size_t cap,
            size_t *got)
{
    z_stream *z = &d->gzip;
    uInt nin = clip(in->len), nout = clip(cap);
    int done;

    if (d->whole && nin > 0) {
        inflateReset(z);
        d->whole = false;
    }
    z->next_in = (z_const Bytef *)in->p;
    z->avail_in = nin;
    z->next_out = (Bytef *)out;
    z->avail_out = nout;
    done = inflate(z, Z_NO_FLUSH);
    if (done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR) {
        return done == Z_MEM_ERROR ? RC_NOMEM : RC_REFUSED;
    }
    d->whole = done == Z_STREAM_END;
    in->p += nin - z->avail_in;
    in->len -= nin - z->avail_in;
    *got = nout - z->avail_out;
    return RC_OK;
}

enum rc
decode_some(struct decode *d, struct str *in, char *out, size_t cap,
            size_t *got)
{
    *got = 0;
    if (d->whole && in->len == 0) {
        return RC_OK;
    }
    return d->zstd != NULL ? decode_zstd(d, in, out, cap, got)
                           : decode_gzip(d, in, out, cap, got);
}

bool
decode_whole(const struct decode *d)
{
    return d->whole;
}
