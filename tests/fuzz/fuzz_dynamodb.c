/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of GetItem and BatchGetItem: what is refused says why; what is taken
 * has bounded keys, each of its table.
 */
#include "common/base/check.h"
#include "common/table/keyspace.h"
#include "lookup/api/dynamodb_render.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_read(const struct dynamodb_read *r)
{
    struct buf out;
    size_t sum = 0;

    CHECK(r->nkey >= 1 && r->nkey <= DYNAMODB_KEYS_MAX);
    CHECK(r->ntable >= 1 && r->ntable <= r->nkey);
    buf_init(&out, 16 * 1024 * 1024);
    for (size_t i = 0; i < r->ntable; i++) {
        for (size_t n = 0; n < r->table[i].nkey; n++, sum++) {
            CHECK(keyspace_user_ok(r->key[sum].id));
            dynamodb_render_key(&out, &r->table[i], &r->key[sum]);
        }
        dynamodb_render_capacity(&out, &r->table[i], r->capacity);
    }
    CHECK(sum == r->nkey && !buf_failed(&out));
    CHECK(str_is_utf8(buf_view(&out)));
    buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str body = {(const char *)data, size};
    struct dynamodb_fault fault = {.why = {""}};
    struct dynamodb_read *r;

    for (int batch = 0; batch < 2; batch++) {
        enum rc rc = batch ? dynamodb_read_batch(&r, body, &fault)
                           : dynamodb_read_item(&r, body, &fault);

        CHECK((rc == RC_OK) == (r != NULL));
        if (rc == RC_OK) {
            check_read(r);
            dynamodb_read_destroy(&r);
        } else {
            CHECK(fault.why.text[0] != '\0');
        }
    }
    return 0;
}
