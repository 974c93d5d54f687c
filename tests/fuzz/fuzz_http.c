/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says where to cut, the rest is a stream of requests. However
 * it is cut, the parser takes the same messages; what is whole not refused is
 * not refused in pieces. (In pieces a broken line may wait for its end.)
 */
#include "lookup/net/http_parse.h"

#include "common/base/check.h"
#include "common/base/hash.h"

#include <stdint.h>
#include <stdlib.h>

static const struct http_limits limits = {1024, 256, 512};

struct heard {
    size_t nmessages;
    uint64_t digest; /* of what the messages say */
    int status;      /* 0: the rest is incomplete */
};

static void
add(struct heard *o, struct str s)
{
    o->digest = o->digest * 31 + hash_key(s);
}

static void
note(struct heard *o, const struct http_request *req)
{
    o->nmessages++;
    o->digest = o->digest * 31 + (uint64_t)req->method;
    add(o, req->path);
    add(o, req->query);
    add(o, req->body);
    for (size_t i = 0; i < req->nheader; i++) {
        add(o, req->header[i].name);
        add(o, req->header[i].value);
    }
}

/*
 * Feed data in pieces of `step` bytes. Each call sees a block of exactly the
 * bytes it may read.
 */
static struct heard
feed(const uint8_t *data, size_t size, size_t step)
{
    struct heard o = {0};
    struct http_parse h = {0};
    struct http_request req;
    size_t kept = 0, done = 0;
    char *left = NULL;

    while (o.status == 0 && done < size) {
        size_t n = size - done < step ? size - done : step;
        size_t len = kept + n, from = 0;
        char *p = malloc(len);

        CHECK(p != NULL);
        if (kept > 0) {
            memcpy(p, left, kept);
        }
        memcpy(p + kept, data + done, n);
        done += n;
        while (from < len) {
            size_t there = len - from;
            ssize_t taken = http_parse(&h, &limits, p + from, &there, &req);

            CHECK(there <= len - from && taken != 0);
            len = from + there;
            if (taken < 0) {
                o.status = taken == PARSE_BROKEN ? h.head.status : 0;
                break;
            }
            CHECK((size_t)taken <= there);
            note(&o, &req);
            from += (size_t)taken;
        }
        kept = len - from;
        free(left);
        left = malloc(kept + 1);
        CHECK(left != NULL);
        memcpy(left, p + from, kept);
        free(p);
    }
    free(left);
    return o;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard whole, cut;

    if (size < 2) {
        return 0;
    }
    whole = feed(data + 1, size - 1, size);
    cut = feed(data + 1, size - 1, 1 + data[0]);
    CHECK(whole.nmessages == cut.nmessages && whole.digest == cut.digest);
    CHECK(whole.status != 0 || cut.status == 0);
    return 0;
}
