/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file of parts, and as the parts of a snapshot: what opens
 * stays within itself. The first byte says which; a snapshot's second one, how
 * many offsets there are.
 */
#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/fields.h"
#include "common/table/sealed.h"
#include "common/table/snapshot.h"

#include <stdint.h>
#include <stdlib.h>

#define PARTS 2

static enum rc
on_field(void *arg, struct str name, struct str value, struct err *e)
{
    size_t *left = arg;

    (void)e;
    CHECK(name.len + value.len <= *left);
    *left -= name.len + value.len;
    return RC_OK;
}

static void
try_file(struct str in)
{
    struct str part[PARTS];
    struct err e = {""};
    size_t left = in.len;

    if (sealed_parse(in, 1, part, PARTS, &e) == RC_OK) {
        CHECK(part[1].p + part[1].len == in.p + in.len);
    } else {
        CHECK(e.text[0] != '\0');
    }
    (void)fields_each(in, on_field, &left, &e);
}

/* The first n bytes, on their own and aligned. */
static char *
cut(struct str *in, size_t n, struct str *out)
{
    char *copy = malloc(n + 1);

    n = n < in->len ? n : in->len;
    CHECK(copy != NULL);
    memcpy(copy, in->p, n);
    in->p += n;
    in->len -= n;
    *out = (struct str){copy, n};
    return copy;
}

static void
try_snapshot(size_t offsets, struct str in)
{
    struct snapshot_parts parts;
    struct snapshot *s = NULL;
    struct err e = {""};
    char *copy[] = {
        cut(&in, SNAPSHOT_HEAD, &parts.head),
        cut(&in, offsets * sizeof(uint64_t), &parts.offsets),
        cut(&in, in.len, &parts.bytes),
    };

    if (snapshot_open(&s, &parts, &e) == RC_OK) {
        for (char id = 0; id < 100; id++) {
            struct str user = {&id, 1}, record;

            (void)snapshot_find(s, user, hash_key(user), &record);
        }
    } else {
        CHECK(s == NULL && e.text[0] != '\0');
    }
    snapshot_destroy(&s);
    for (size_t i = 0; i < sizeof(copy) / sizeof(copy[0]); i++) {
        free(copy[i]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2 && data[0] == 's') {
        try_snapshot(data[1], (struct str){(const char *)data + 2, size - 2});
    } else {
        try_file((struct str){(const char *)data, size});
    }
    return 0;
}
