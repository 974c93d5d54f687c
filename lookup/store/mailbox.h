/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * mailbox - messages from other threads into an event loop.
 */
#include "common/base/rc.h"

#include <stddef.h>

struct event_base;
struct mailbox;

/* Called in the loop's thread, once a message, in the order of posting. */
typedef void (*mailbox_fn)(void *arg, void *message);

/* Room for limit messages. NULL when out of memory or descriptors. */
struct mailbox *mailbox_create(struct event_base *base, size_t limit,
                               mailbox_fn fn, void *arg);

/*
 * From any thread; never waits. RC_FULL: the message is still the caller's.
 */
MUST_USE enum rc mailbox_post(struct mailbox *m, void *message);

/* Delivers what is left, then frees and nulls. Nobody may post any more. */
void mailbox_destroy(struct mailbox **m);
