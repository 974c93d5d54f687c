/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/mailbox.h"

#include "common/base/queue.h"

#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
    struct queue *queue;
    struct event *readable;
    int fd;
    mailbox_fn fn;
    void *arg;
};

static void
deliver(struct mailbox *m)
{
    void *message;

    while ((message = queue_try_pop(m->queue)) != NULL) {
        m->fn(m->arg, message);
    }
}

static void
on_posted(evutil_socket_t fd, short what, void *arg)
{
    struct mailbox *m = arg;
    eventfd_t count;

    (void)what;
    /* Reading first: what is posted from here on wakes the loop again. */
    if (eventfd_read(fd, &count) == 0) {
        deliver(m);
    }
}

struct mailbox *
mailbox_create(struct event_base *base, size_t limit, mailbox_fn fn, void *arg)
{
    struct mailbox *m = calloc(1, sizeof(*m));

    if (m == NULL) {
        return NULL;
    }
    m->fn = fn;
    m->arg = arg;
    m->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    m->queue = queue_create(limit);
    if (m->fd < 0 || m->queue == NULL) {
        goto fail;
    }
    m->readable = event_new(base, m->fd, EV_READ | EV_PERSIST, on_posted, m);
    if (m->readable == NULL || event_add(m->readable, NULL) != 0) {
        goto fail;
    }
    return m;

fail:
    mailbox_destroy(&m);
    return NULL;
}

enum rc
mailbox_post(struct mailbox *m, void *message)
{
    enum rc rc = queue_try_push(m->queue, message);

    if (rc == RC_OK && eventfd_write(m->fd, 1) != 0) {
        /* Only a full counter can refuse, and that wakes the loop too. */
        return RC_OK;
    }
    return rc;
}

void
mailbox_destroy(struct mailbox **m)
{
    if (m == NULL || *m == NULL) {
        return;
    }
    if ((*m)->queue != NULL) {
        deliver(*m);
        queue_destroy(&(*m)->queue);
    }
    if ((*m)->readable != NULL) {
        event_free((*m)->readable);
    }
    if ((*m)->fd >= 0) {
        close((*m)->fd);
    }
    free(*m);
    *m = NULL;
}
