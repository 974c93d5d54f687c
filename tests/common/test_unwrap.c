/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/unwrap.h"

#include "tests/common/tiny_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#define TAR_BLOCK 512

static void
refused(struct str bytes, const char *text)
{
    struct unwrapped u;
    struct err e = {""};

    assert_int_equal(unwrap(bytes, &u, &e), RC_REFUSED);
    if (strstr(e.text, text) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", e.text, text);
    }
    assert_null(strchr(e.text, '\n'));
    unwrap_fini(&u);
}

static void
unwraps(struct str bytes, struct str want)
{
    struct unwrapped u;
    struct err e = {""};

    if (unwrap(bytes, &u, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_true(str_eq(u.bytes, want));
    unwrap_fini(&u);
}

static void
test_foreign(void **state)
{
    static const struct {
        struct str bytes;
        const char *text;
    } foreign[] = {
        {STR(""), "the file is empty"},
        {STR("PK\x03\x04\x14"), "zip archive"},
        {STR("tree\nversion=v3\nnum_class=1\n"), "LightGBM"},
        {STR("{\"name\":\"tree\",\"tree_info\":[]}"), "LightGBM"},
        {STR("{\"oblivious_trees\":[]}"), "CatBoost"},
        {STR("CBM1\x10"), "CatBoost"},
        {STR("\x08\x07\x12\x08skl2onnx"), "ONNX"},
        {STR("booster[0]:\n0:[f0<1] yes=1,no=2\n"), "text dump"},
        {STR("[{\"nodeid\":0,\"leaf\":1}]"), "dump_model"},
        {STR("{\"nodeid\":0,\"leaf\":1}"), "dump_model"},
        {STR("{\"learner\":{\"learner_train_param\":{}}}"), "save_config"},
        {STR("{\"a\":1}"), "no learner"},
        {STR("{\"learner\":{\"gradient"), "cut off"},
        {STR("{L\0\0\0\0\0\0\0\x07lea"), "cut off"},
        {STR("digraph {\n"), "drawing"},
        {STR("1 1:0.5 7:2\n0 3:1\n"), "libsvm data"},
        {STR("0 qid:1 1:0.5\n"), "libsvm data"},
        {STR("id,age\n1,2\n"), "CSV data"},
        {STR("hello world\n"), "text"},
        {STR("\x01\xab\xff\xff\x01\0\0\0"), "DMatrix buffer"},
        {STR("bs64\tYmluZg"), "base64"},
        {STR("ccopy_reg\n_reconstructor\n"), "protocol 0"},
        {STR("\x7f\x45LF\x02"), "program"},
        {STR("\x02\x03\x04\x05"), "no XGBoost model"},
        {STR("\x1f\x8b\x08\0\0\0\0\0\0\x03"), "gzip file is damaged"},
        {STR("CONFIG-offset:\x10\0\0\0\0\0\0\0binf"), "cut off"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        refused(foreign[i].bytes, foreign[i].text);
    }
}

/* Every beginning of a model is refused, and none is looked at behind. */
static void
test_cut_everywhere(void **state)
{
    const struct str whole = STR(TINY);

    (void)state;
    for (size_t n = 0; n < whole.len; n++) {
        char *copy = malloc(n + 1);

        memcpy(copy, whole.p, n);
        refused((struct str){copy, n}, "");
        free(copy);
    }
    unwraps(whole, whole);
}

/* A UBJSON length, and texts that differ before and after the repair. */
#define L(n) "L\0\0\0\0\0\0\0" n
#define UBJSON(booster, score)                                                 \
    "{" L("\x07") "learner{" L("\x10") "gradient_booster" booster              \
        L("\x13") "learner_model_param{" L("\x0a") "base_score" score "}}" L(  \
            "\x07") "version[#" L("\x03") "i\x03i\x03i\x01}"
#define WEIGHTS L("\x0b") "weight_drop[#" L("\x01") "d\x3f\0\0\0}"
#define INNER   "{" L("\x04") "nameS" L("\x06") "gbtree" WEIGHTS

static void
test_ubjson_repair(void **state)
{
    struct str given = STR(UBJSON(INNER, "S" L("\x06") "[5E-1]"));
    struct str want = STR(UBJSON(
        "{" L("\x06") "gbtree" INNER L("\x04") "nameS" L("\x04") "dart" WEIGHTS,
        "S" L("\x04") "5E-1"));

    (void)state;
    unwraps(given, want);
}

static void
test_snapshot(void **state)
{
    struct str whole = STR("{\"Config\":{},\"Model\":" TINY "}");

    (void)state;
    unwraps(whole, STR(TINY));
}

#define PUT(b, literal) buf_put(b, literal, sizeof(literal) - 1)

static void
put_length(struct buf *b, size_t n, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_char(b, (char)(n >> (8 * i)));
    }
}

/* A Booster as Python's protocol 3 writes it. */
static void
pickle_3(struct buf *b, struct str raw)
{
    PUT(b, "\x80\x03"
           "cxgboost.core\nBooster\nq\x00)\x81q\x01}q\x02(X\x0d\0\0\0"
           "feature_namesq\x03]q\x04(X\x06\0\0\0handleX\x04\0\0\0nexte"
           "X\x06\0\0\0handleq\x05"
           "cbuiltins\nbytearray\nq\x06"
           "B");
    put_length(b, raw.len, 4);
    buf_str(b, raw);
    PUT(b, "q\x07\x85q\x08Rq\x09X\x0e\0\0\0best_iterationq\x0aK\x07"
           "X\x10\0\0\0best_ntree_limitq\x0bM\x2c\x01ub.");
}

/* Protocol 5: frames, short texts, names on the stack, a bare bytearray. */
static void
pickle_5(struct buf *b, struct str raw)
{
    PUT(b, "\x80\x05\x95\x10\0\0\0\0\0\0\0"
           "\x8c\x0cxgboost.core\x94\x8c\x07"
           "Booster\x94\x93\x94)\x81\x94}\x94(\x8c\x06handle\x94\x96");
    put_length(b, raw.len, 8);
    buf_str(b, raw);
    PUT(b, "\x94ub.");
}

/* Protocol 2 has no bytes: they are text, each byte a character. */
static void
pickle_2(struct buf *b, struct str raw)
{
    size_t len = 0;

    for (size_t i = 0; i < raw.len; i++) {
        len += (unsigned char)raw.p[i] < 0x80 ? 1 : 2;
    }
    PUT(b, "\x80\x02"
           "cxgboost.core\nBooster\n)\x81}(X\x06\0\0\0handle"
           "c__builtin__\nbytearray\nX");
    put_length(b, len, 4);
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.p[i];

        if (c < 0x80) {
            buf_char(b, (char)c);
        } else {
            buf_char(b, (char)(0xc0 | c >> 6));
            buf_char(b, (char)(0x80 | (c & 0x3f)));
        }
    }
    PUT(b, "X\x07\0\0\0latin-1\x86Rub.");
}

/* Every byte there is, behind a head that makes it a snapshot of TINY. */
static void
put_snapshot(struct buf *b)
{
    PUT(b, "CONFIG-offset:");
    put_length(b, sizeof(TINY) - 1, 8);
    PUT(b, TINY);
    for (int i = 0; i < 256; i++) {
        buf_char(b, (char)i);
    }
}

static void
test_pickles(void **state)
{
    void (*const pickle[])(struct buf *, struct str) = {pickle_2, pickle_3,
                                                        pickle_5};
    struct buf raw;

    (void)state;
    buf_init(&raw, 1 << 20);
    put_snapshot(&raw);
    for (size_t i = 0; i < 3; i++) {
        struct buf b;

        buf_init(&b, 1 << 20);
        pickle[i](&b, buf_view(&raw));
        unwraps(buf_view(&b), STR(TINY));
        for (size_t n = 2; n < b.len; n++) {
            char *copy = malloc(n);

            memcpy(copy, b.p, n);
            refused((struct str){copy, n}, "");
            free(copy);
        }
        buf_fini(&b);
    }
    buf_fini(&raw);
}

static void
test_pickle_facts(void **state)
{
    struct unwrapped u;
    struct buf b;
    struct err e;

    (void)state;
    buf_init(&b, 1 << 20);
    pickle_3(&b, STR(TINY));
    assert_int_equal(unwrap(buf_view(&b), &u, &e), RC_OK);
    assert_int_equal(u.pickle.best_iteration, 7);
    assert_int_equal(u.pickle.best_ntree_limit, 300);
    assert_int_equal(u.pickle.nname, 2);
    assert_memory_equal(u.pickle.names.p, "handle\0next", 12);
    unwrap_fini(&u);
    buf_fini(&b);
}

static void
test_other_pickles(void **state)
{
    (void)state;
    refused(STR("\x80\x03"
                "cxgboost.sklearn\nXGBClassifier\n)\x81}."),
            "pickle of xgboost.sklearn.XGBClassifier");
    refused(STR("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R."),
            "pickle of posix.system");
    refused(STR("\x80\x03}."), "holds no XGBoost Booster");
    refused(STR("\x80\x03"
                "B\xff\xff\xff\xffx"),
            "damaged or cut off at byte 2");
    refused(STR("\x80\x03\x99."), "damaged");
}

static void
put_file(struct buf *b, const char *name, struct str data)
{
    char header[TAR_BLOCK] = "";

    snprintf(header, 100, "%s", name);
    snprintf(header + 124, 12, "%011zo", data.len);
    header[156] = '0';
    memcpy(header + 257, "ustar", 5);
    buf_put(b, header, sizeof(header));
    buf_str(b, data);
    while (b->len % TAR_BLOCK != 0) {
        buf_char(b, '\0');
    }
}

static void
put_gzip(struct buf *b, struct str data)
{
    z_stream z = {.next_in = (Bytef *)data.p, .avail_in = (uInt)data.len};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0), Z_OK);
    z.next_out = (Bytef *)buf_reserve(b, deflateBound(&z, data.len));
    z.avail_out = (uInt)deflateBound(&z, data.len);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    b->len += z.total_out;
    deflateEnd(&z);
}

static void
test_archives(void **state)
{
    struct buf tar;
    struct buf gz;

    (void)state;
    buf_init(&tar, 1 << 20);
    buf_init(&gz, 1 << 20);
    put_file(&tar, "./._xgboost-model", STR(TINY));
    put_file(&tar, "code/inference.py", STR("import os\n"));
    put_file(&tar, "./xgboost-model", STR(TINY));
    unwraps(buf_view(&tar), STR(TINY));
    put_gzip(&gz, buf_view(&tar));
    unwraps(buf_view(&gz), STR(TINY));
    refused((struct str){gz.p, gz.len - 9}, "gzip file is damaged");
    refused((struct str){tar.p, tar.len - TAR_BLOCK}, "cut off");
    put_file(&tar, "second.json", STR(TINY));
    refused(buf_view(&tar), "holds 2 models");
    buf_clear(&tar);
    put_file(&tar, "readme.txt", STR("hello"));
    refused(buf_view(&tar), "none of the 1 entries");
    buf_clear(&gz);
    put_gzip(&gz, STR(TINY));
    unwraps(buf_view(&gz), STR(TINY));
    buf_clear(&tar);
    put_gzip(&tar, buf_view(&gz));
    refused(buf_view(&tar), "packed more than once");
    buf_fini(&tar);
    buf_fini(&gz);
}

/* 64 MiB of zeros in 64 KiB. */
static void
test_gzip_bomb(void **state)
{
    const size_t size = 64 << 20;
    struct str zeros = {calloc(size, 1), size};
    struct buf gz;

    (void)state;
    buf_init(&gz, 128 << 20);
    put_gzip(&gz, zeros);
    refused(buf_view(&gz), "unpacks to more than a model would");
    buf_fini(&gz);
    free((char *)zeros.p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_cut_everywhere),
        cmocka_unit_test(test_ubjson_repair),
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_pickles),
        cmocka_unit_test(test_pickle_facts),
        cmocka_unit_test(test_other_pickles),
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_gzip_bomb),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
