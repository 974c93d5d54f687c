/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a RESP client: what is taken lies within them, and cutting the last
 * byte off a command makes it incomplete, never another command.
 */
#include "common/base/check.h"
#include "lookup/net/resp_parse.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t
parse_copy(const char *p, size_t len, struct resp_words *w)
{
    char *copy = malloc(len + 1);
    ssize_t taken;

    CHECK(copy != NULL);
    memcpy(copy, p, len);
    taken = resp_parse(copy, len, w);
    for (size_t i = 0; taken > 0 && i < w->narg; i++) {
        CHECK(w->arg[i].p >= copy &&
              w->arg[i].p + w->arg[i].len <= copy + taken);
    }
    free(copy);
    return taken;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct resp_words w, cut;
    const char *p = (const char *)data;

    while (size > 0) {
        ssize_t taken = parse_copy(p, size, &w);

        if (taken == RESP_MORE) {
            return 0;
        }
        if (taken == RESP_BROKEN) {
            CHECK(w.why[0] != '\0');
            return 0;
        }
        CHECK(taken > 0 && (size_t)taken <= size && w.narg <= RESP_ARGS_MAX);
        CHECK(parse_copy(p, (size_t)taken - 1, &cut) == RESP_MORE);
        p += taken;
        size -= (size_t)taken;
    }
    return 0;
}
