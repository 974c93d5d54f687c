/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * watch_bench - a watch of the prefix p, over a Redis that is played.
 */
#include "lookup/store/watch.h"
#include "tests/lookup/played_redis.h"

#define UID      "00000000000000a1"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static inline struct watch *
begin(struct played_redis *p, const struct play_line *line, size_t n)
{
    struct watch *w;

    play_begin(p, line, n);
    w = watch_create(&p->topology, "p");
    assert_non_null(w);
    return w;
}

static inline void
end(struct played_redis *p, struct watch *w)
{
    watch_destroy(&w);
    assert_null(w);
    play_end(p);
}
