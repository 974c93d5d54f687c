/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/warm.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <poll.h>
#include <stdio.h>

/* A server writes its entry every second: "<us> <uid> <uid> ...". */
#define ALIVE_US 5000000ull
#define POLL_MS  5

struct roll_call {
    struct str uid;
    uint64_t now_us;
    size_t missing;
    char name[64]; /* one of them */
};

static bool
has_loaded(struct str uids, struct str uid)
{
    while (uids.p != NULL) {
        if (str_eq(str_cut(&uids, ' '), uid)) {
            return true;
        }
    }
    return false;
}

static enum rc
on_server(void *arg, struct str server, struct str entry, struct err *e)
{
    struct roll_call *call = arg;
    struct str stamp = str_cut(&entry, ' ');
    uint64_t seen_us;

    (void)e;
    if (number_parse_u64(stamp, &seen_us) &&
        seen_us + ALIVE_US >= call->now_us && !has_loaded(entry, call->uid)) {
        call->missing++;
        snprintf(call->name, sizeof(call->name), "%.*s", STR_ARG(server));
    }
    return RC_OK;
}

static enum rc
call_roll(const struct table *t, struct roll_call *call, struct err *e)
{
    char key[KEY_MAX];

    call->missing = 0;
    call->now_us = clock_wall_us();
    REDIS_WORDS(t->redis, STR("HGETALL"), key_servers(key, t->prefix));
    return redis_ask_hash(t->redis, on_server, call, e);
}

enum rc
warm_wait(const struct table *t, const char *uid, uint64_t limit_ns,
          const struct stop *stop, struct err *e)
{
    struct roll_call call = {.uid = str_of(uid)};
    uint64_t until_ns = clock_mono_ns() + limit_ns;
    enum rc rc = call_roll(t, &call, e);

    while (rc == RC_OK && call.missing > 0 && clock_mono_ns() < until_ns) {
        poll(NULL, 0, POLL_MS);
        rc = stop_check(stop, e);
        if (rc == RC_OK) {
            rc = call_roll(t, &call, e);
        }
    }
    if (rc == RC_OK && call.missing > 0) {
        fprintf(stderr,
                "%zu servers (%s) have not loaded the generation yet; they "
                "will after the commit\n",
                call.missing, call.name);
    }
    return rc;
}
