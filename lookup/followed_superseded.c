/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed.h"

struct news_reading {
    struct superseded_news *news;
    uint64_t last_us;
};

static enum rc
on_superseded(void *arg, struct str user, uint64_t updated_us)
{
    struct news_reading *r = arg;

    r->last_us = updated_us;
    return keyspace_user_ok(user)
               ? superseded_news_add(r->news, user, updated_us)
               : RC_OK;
}

enum rc
followed_superseded(struct followed *f, struct watch *w,
                    struct superseded_news **news, struct err *e)
{
    bool anew = f->superseded_moves != f->moves ||
                f->connects != watch_connects(w) || f->superseded_us == 0;
    struct news_reading r = {superseded_news_create(f->id, anew),
                             anew ? 0 : f->superseded_us};
    uint64_t connects = watch_connects(w);
    enum rc rc = r.news == NULL ? err_set(e, RC_NOMEM, "out of memory")
                                : watch_superseded(w, f->name, r.last_us,
                                                   on_superseded, &r, e);
    bool none = rc == RC_OK && superseded_news_size(r.news) == 0 &&
                (!anew || f->superseded_us == 0);

    if (rc == RC_OK) {
        f->superseded_us = r.last_us;
        f->superseded_moves = f->moves;
        f->connects = connects;
        f->read = true;
    }
    if (rc != RC_OK || none) {
        superseded_news_release(&r.news);
    }
    *news = r.news;
    return rc;
}
