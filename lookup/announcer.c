/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/announcer.h"

#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/base/log.h"

#include <stdio.h>
#include <unistd.h>

#define AGAIN_NS 1000000000ull

static void
name_server(char out[SERVER_MAX])
{
    char host[64] = "?", uid[17];

    if (gethostname(host, sizeof(host) - 1) != 0) {
        host[0] = '?';
    }
    hash_random_uid(uid);
    snprintf(out, SERVER_MAX, "%s:%d:%s", host, (int)getpid(), uid);
}

void
announcer_init(struct announcer *a)
{
    a->said_ns = 0;
    buf_init(&a->said, ANNOUNCED_MAX);
    name_server(a->server);
}

void
announcer_fini(struct announcer *a)
{
    buf_fini(&a->said);
}

enum rc
announcer_say(struct announcer *a, struct watch *w, struct str uids,
              struct err *e)
{
    struct buf text;
    uint64_t now_ns = clock_mono_ns();

    if (str_eq(uids, buf_view(&a->said)) && now_ns < a->said_ns + AGAIN_NS) {
        return RC_OK;
    }
    buf_init(&text, ANNOUNCED_MAX);
    buf_u64(&text, clock_wall_us());
    buf_str(&text, uids);
    enum rc rc = watch_announce(w, a->server, buf_view(&text), e);

    if (rc == RC_OK) {
        a->said_ns = now_ns;
        buf_clear(&a->said);
        buf_str(&a->said, uids);
    }
    buf_fini(&text);
    return rc;
}

void
announcer_end(struct announcer *a, struct watch *w)
{
    struct err ignored;

    /* Best effort: an entry that stays is ignored once its stamp is old. */
    if (watch_announce(w, a->server, (struct str){NULL, 0}, &ignored) !=
        RC_OK) {
        log_debug("%s", ignored.text);
    }
}
