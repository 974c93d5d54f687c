/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/server_ports.h"

#include "lookup/net/listener.h"

#include <unistd.h>

static enum rc
find_port(const char *text, struct listen_addr *a, int *fd, struct err *e)
{
    enum rc rc = listen_addr_parse(str_of(text), a, e);

    return rc == RC_OK ? listener_probe(a, fd, e) : rc;
}

/*
 * The first is held while the second is looked for: workers share ports, so
 * one asked for twice would have its connections shared out to both protocols.
 */
enum rc
server_ports_find(struct server_ports *p, const char *listen, const char *resp,
                  struct err *e)
{
    int held[] = {-1, -1};
    enum rc rc = find_port(listen, &p->listen, &held[0], e);

    p->has_resp = !str_eq(str_of(resp), STR("off"));
    if (rc == RC_OK && p->has_resp) {
        rc = find_port(resp, &p->resp, &held[1], e);
    }
    for (size_t i = 0; i < 2; i++) {
        if (held[i] >= 0) {
            (void)close(held[i]);
        }
    }
    return rc;
}
