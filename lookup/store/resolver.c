/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/resolver.h"

#include "common/base/check.h"
#include "common/base/queue.h"

#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define ADDRESSES_MAX 16

/* What the thread works on is its own from `asked` until `said`. */
struct resolver {
    pthread_t thread;
    struct queue *asked, *said;
    bool under_way;
    char host[sizeof(((struct topology *)0)->host)];
    char address[ADDRESSES_MAX][ADDRESS_MAX];
    size_t n;
    size_t turn; /* whose it is */
    int why;     /* there is none, as getaddrinfo has it */
};

static void
take_addresses(struct resolver *r, int family)
{
    const struct addrinfo wanted = {.ai_family = family,
                                    .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    r->why = getaddrinfo(r->host, NULL, &wanted, &found);
    if (r->why != 0) {
        return;
    }
    for (const struct addrinfo *a = found; a != NULL && r->n < ADDRESSES_MAX;
         a = a->ai_next) {
        r->n += getnameinfo(a->ai_addr, a->ai_addrlen, r->address[r->n],
                            ADDRESS_MAX, NULL, 0, NI_NUMERICHOST) == 0;
    }
    freeaddrinfo(found);
}

static void *
run(void *arg)
{
    struct resolver *r = arg;

    while (queue_pop(r->asked) != NULL) {
        r->n = 0;
        take_addresses(r, AF_INET);
        if (r->n == 0) {
            take_addresses(r, AF_INET6);
        }
        CHECK(queue_push(r->said, r) == RC_OK);
    }
    return NULL;
}

struct resolver *
resolver_create(const char *host)
{
    struct resolver *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        return NULL;
    }
    snprintf(r->host, sizeof(r->host), "%s", host);
    r->asked = queue_create(1);
    r->said = queue_create(1);
    if (r->asked == NULL || r->said == NULL ||
        pthread_create(&r->thread, NULL, run, r) != 0) {
        goto fail;
    }
    return r;

fail:
    queue_destroy(&r->asked);
    queue_destroy(&r->said);
    free(r);
    return NULL;
}

void
resolver_destroy(struct resolver **out)
{
    struct resolver *r = *out;

    if (r == NULL) {
        return;
    }
    queue_close(r->asked);
    CHECK(pthread_join(r->thread, NULL) == 0);
    (void)queue_try_pop(r->said);
    queue_destroy(&r->asked);
    queue_destroy(&r->said);
    free(r);
    *out = NULL;
}

enum rc
resolver_ask(struct resolver *r, uint64_t deadline_ns,
             char address[ADDRESS_MAX], struct err *e)
{
    if (!r->under_way) {
        CHECK(queue_push(r->asked, r) == RC_OK);
        r->under_way = true;
    }
    if (queue_pop_until(r->said, deadline_ns) == NULL) {
        return err_set(e, RC_TIMEOUT,
                       "cannot find '%s': no name server answers", r->host);
    }
    r->under_way = false;
    if (r->n == 0) {
        return err_set(e, RC_UNAVAIL, "cannot find '%s': %s", r->host,
                       gai_strerror(r->why));
    }
    memcpy(address, r->address[r->turn++ % r->n], ADDRESS_MAX);
    return RC_OK;
}
