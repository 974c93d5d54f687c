/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo_server ADDR:PORT - lookup/net with a handler that answers a constant,
 * to measure what a connection costs. The whole answer is 320 bytes.
 */
#include "common/base/check.h"
#include "lookup/net/http.h"
#include "lookup/net/listener.h"

#include <event2/event.h>
#include <stdio.h>

#define BODY_BYTES 211

static char body[BODY_BYTES];

static void
on_request(void *arg, struct exchange *x, const struct http_request *req)
{
    struct http_answer a = {
        .status = 200,
        .dialect = DIALECT_NATIVE,
        .content_type = "application/json",
        .body = {body, sizeof(body)},
    };

    (void)arg, (void)req;
    x->respond(x, &a);
}

int
main(int argc, char **argv)
{
    static struct net_stats stats;
    struct event_base *base = event_base_new();
    struct conn_group *g =
        conn_group_create(base, &conn_options_default, &stats);
    struct http *h =
        http_create(&http_limits_default, on_request, NULL, &stats);
    struct listen_addr a;
    struct err e;

    CHECK(argc == 2 && base != NULL && g != NULL && h != NULL);
    memset(body, 'x', sizeof(body));
    if (listen_addr_parse(str_of(argv[1]), &a, &e) != RC_OK ||
        listener_create(&a, base, g, &proto_http, h, &stats, &e) == NULL) {
        (void)fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    while (event_base_loop(base, EVLOOP_ONCE) == 0) {
        conn_group_flush(g);
    }
    return 0;
}
