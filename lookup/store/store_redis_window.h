/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_window - the reads under way on one connection, as they were
 * sent, which is the order of the replies:
 *
 *   head -> read -> read -> ... -> tail          free -> read -> ...
 *
 *             |
 *          sharer -> sharer        answered by the same reply
 *
 * A read that was answered before its reply has come (done is NULL) stays in
 * its place until then.
 */
#include "lookup/store/store.h"

#define STORE_READS_MAX 1024

struct redis_read {
    struct redis_read *next, *sharer;
    uint64_t deadline_ns;
    uint64_t sent_ns;
    store_done_fn done; /* NULL: answered already */
    void *arg;
};

struct redis_window {
    struct redis_read *head, **tail, *free;
    struct redis_read slot[STORE_READS_MAX];
};

/* It is not to be moved from here on. */
void redis_window_init(struct redis_window *w);

/* Sharers take room as others do. */
static inline bool
redis_window_is_full(const struct redis_window *w)
{
    return w->free == NULL;
}

/* It was sent, and there is room. Returned: where it stands. */
struct redis_read *redis_window_push(struct redis_window *w,
                                     const struct redis_read *like);

/* It was not sent: it is finished with `sent`, which is. There is room. */
void redis_window_share(struct redis_window *w, struct redis_read *sent,
                        const struct redis_read *like);

/* Calls done, once. */
void redis_read_answer(struct redis_read *r, const struct store_reply *reply);

/*
 * The head, and who shares it, have their reply and make room. Each is
 * answered unless it was; done may push others.
 */
void redis_window_finish(struct redis_window *w,
                         const struct store_reply *reply);
