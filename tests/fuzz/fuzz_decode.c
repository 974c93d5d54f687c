/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes given whole and cut in two unpack to the same, or are refused both
 * ways; never more than was asked for comes out at once.
 */
#include "batchgen/decode.h"

#include "common/base/check.h"

#include <stdint.h>
#include <string.h>

#define OUT_MAX 65536
#define STEP    97

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct unpacked {
    char bytes[OUT_MAX];
    size_t len;
    enum rc rc;
    bool full;
};

static void
feed(struct decode *d, struct str in, struct unpacked *u)
{
    size_t got = 1;

    while (u->rc == RC_OK && (in.len > 0 || got > 0)) {
        size_t cap = OUT_MAX - u->len < STEP ? OUT_MAX - u->len : STEP;

        if (cap == 0) {
            u->full = true;
            return;
        }
        u->rc = decode_some(d, &in, u->bytes + u->len, cap, &got);
        CHECK(got <= cap);
        u->len += u->rc == RC_OK ? got : 0;
    }
}

static void
unpack(struct str in, size_t cut, struct unpacked *u)
{
    struct decode *d;

    u->len = 0;
    u->rc = RC_OK;
    u->full = false;
    CHECK(decode_create(&d, in) == RC_OK);
    if (d != NULL) {
        feed(d, (struct str){in.p, cut}, u);
        feed(d, (struct str){in.p + cut, in.len - cut}, u);
    }
    decode_destroy(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unpacked whole, cut;
    struct str in = {(const char *)data, size};

    if (size == 0) {
        return 0;
    }
    unpack(in, size, &whole);
    unpack(in, (size_t)data[size - 1] % size, &cut);
    if (whole.full || cut.full) {
        return 0; /* damage may lie right behind what there is room for */
    }
    CHECK(whole.rc == cut.rc);
    CHECK(whole.rc != RC_OK ||
          (whole.len == cut.len &&
           memcmp(whole.bytes, cut.bytes, whole.len) == 0));
    return 0;
}
