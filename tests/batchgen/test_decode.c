/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/decode.h"

#include "common/base/buf.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define PACKED_MAX 65536

/* The same text as two members, or two frames, behind each other. */
static struct str
pack_gzip(struct str text, char *out)
{
    struct str packed = {out, 0};

    for (int i = 0; i < 2; i++) {
        z_stream z = {.next_in = (z_const Bytef *)text.p,
                      .avail_in = (uInt)text.len,
                      .next_out = (Bytef *)out + packed.len,
                      .avail_out = (uInt)(PACKED_MAX - packed.len)};

        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        packed.len += z.total_out;
        deflateEnd(&z);
    }
    return packed;
}

static struct str
pack_zstd(struct str text, char *out)
{
    struct str packed = {out, 0};

    for (int i = 0; i < 2; i++) {
        size_t n = ZSTD_compress(out + packed.len, PACKED_MAX - packed.len,
                                 text.p, text.len, 3);

        assert_false(ZSTD_isError(n));
        packed.len += n;
    }
    return packed;
}

/* Unpack as far as it goes. */
static enum rc
feed(struct decode *d, struct str in, struct buf *out)
{
    size_t got = 1;
    enum rc rc = RC_OK;

    while (rc == RC_OK && (in.len > 0 || got > 0)) {
        char *p = buf_reserve(out, 100);

        rc = decode_some(d, &in, p, 100, &got);
        out->len += rc == RC_OK ? got : 0;
    }
    return rc;
}

static void
cut_everywhere(struct str packed, struct str text)
{
    struct guarded page;

    guarded_init(&page, packed.len);
    for (size_t cut = 0; cut <= packed.len; cut++) {
        struct decode *d;
        struct buf out;

        buf_init(&out, 1 << 20);
        assert_int_equal(decode_create(&d, packed), RC_OK);
        assert_non_null(d);
        assert_int_equal(
            feed(d, guarded_copy(&page, (struct str){packed.p, cut}), &out),
            RC_OK);
        assert_int_equal(
            feed(d,
                 guarded_copy(&page,
                              (struct str){packed.p + cut, packed.len - cut}),
                 &out),
            RC_OK);
        assert_true(decode_whole(d));
        assert_int_equal(out.len, 2 * text.len);
        assert_memory_equal(out.p, text.p, text.len);
        assert_memory_equal(out.p + text.len, text.p, text.len);
        decode_destroy(&d);
        buf_fini(&out);
    }
    guarded_fini(&page);
}

static void
ends_early(struct str packed)
{
    for (size_t cut = 1; cut < packed.len; cut++) {
        struct decode *d;
        struct buf out;

        buf_init(&out, 1 << 20);
        assert_int_equal(decode_create(&d, packed), RC_OK);
        assert_int_equal(feed(d, (struct str){packed.p, cut}, &out), RC_OK);
        assert_true(!decode_whole(d) || cut == packed.len / 2);
        decode_destroy(&d);
        buf_fini(&out);
    }
}

static void
damaged(struct str packed)
{
    size_t refused = 0;

    for (size_t i = 4; i < packed.len / 2; i++) {
        char copy[PACKED_MAX];
        struct decode *d;
        struct buf out;

        memcpy(copy, packed.p, packed.len);
        copy[i] ^= 0x55;
        buf_init(&out, 16 << 20);
        assert_int_equal(decode_create(&d, packed), RC_OK);
        refused += feed(d, (struct str){copy, packed.len}, &out) == RC_REFUSED;
        decode_destroy(&d);
        buf_fini(&out);
    }
    assert_true(refused > 0);
}

static void
test_both(void **state)
{
    struct str (*const pack[])(struct str, char *) = {pack_gzip, pack_zstd};
    char packed[PACKED_MAX];
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 300; i++) {
        buf_printf(&text, "user%d,%d,%d.5\n", i, i * 7919 % 1000, i);
    }
    for (size_t i = 0; i < 2; i++) {
        struct str p = pack[i](buf_view(&text), packed);

        cut_everywhere(p, buf_view(&text));
        ends_early(p);
        damaged(p);
    }
    buf_fini(&text);
}

static void
test_plain(void **state)
{
    static const struct str plain[] = {
        {"", 0}, {"id,a\n", 5}, {"\x1f", 1}, {"\x28\xb5\x2f", 3}};
    struct decode *d;

    (void)state;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        assert_int_equal(decode_create(&d, plain[i]), RC_OK);
        assert_null(d);
    }
}

/* A frame, then one of zstd 0.5's, its magic whole or behind a stray byte. */
static void
test_legacy(void **state)
{
#define FRAME "\x28\xb5\x2f\xfd\x04\x58\x29\0\0id,a\n\x3e\xa5\x7c\x63"
    static const struct str packed[] = {
        STR(FRAME "\x25\xb5\x2f\xfd\x04\x58\x61\0\0.0"),
        STR(FRAME "\x28\x25\xb5\x2f\xfd\x04\x58\x61\0\0.0"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
        struct str p = packed[i];

        for (size_t cut = 0; cut < p.len; cut++) {
            struct decode *d;
            struct buf out;
            enum rc rc;

            buf_init(&out, 1 << 20);
            assert_int_equal(decode_create(&d, p), RC_OK);
            rc = feed(d, (struct str){p.p, cut}, &out);
            if (rc == RC_OK) {
                rc = feed(d, (struct str){p.p + cut, p.len - cut}, &out);
            }
            assert_int_equal(rc, RC_REFUSED);
            decode_destroy(&d);
            buf_fini(&out);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_legacy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
