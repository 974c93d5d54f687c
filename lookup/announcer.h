/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * announcer - this server's entry in <p>::servers, which batchgen's commit
 * waits for: "<stamp us> <uid> <uid>...".
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "lookup/store/watch.h"

#define SERVER_MAX    160
#define ANNOUNCED_MAX 65536

struct announcer {
    uint64_t said_ns;
    struct buf said; /* the uids */
    char server[SERVER_MAX];
};

void announcer_init(struct announcer *a);
void announcer_fini(struct announcer *a);

/* uids: each behind a blank. Written if they changed, or once a second. */
MUST_USE enum rc announcer_say(struct announcer *a, struct watch *w,
                               struct str uids, struct err *e);

/* Remove the entry, if Redis is there. */
void announcer_end(struct announcer *a, struct watch *w);
