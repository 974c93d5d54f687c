/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/listen_addr.h"

#include "common/base/number.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

static void
set_port(struct listen_addr *a, in_port_t port)
{
    if (a->sa.ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)&a->sa)->sin6_port = port;
    } else {
        ((struct sockaddr_in *)&a->sa)->sin_port = port;
    }
}

static in_port_t
get_port(const struct listen_addr *a)
{
    return a->sa.ss_family == AF_INET6
               ? ((const struct sockaddr_in6 *)&a->sa)->sin6_port
               : ((const struct sockaddr_in *)&a->sa)->sin_port;
}

static void
describe(struct listen_addr *a)
{
    char host[NI_MAXHOST] = "?";
    bool is_v6 = a->sa.ss_family == AF_INET6;

    (void)getnameinfo((struct sockaddr *)&a->sa, a->len, host, sizeof(host),
                      NULL, 0, NI_NUMERICHOST);
    (void)snprintf(a->text, sizeof(a->text), "%s%.50s%s:%u", is_v6 ? "[" : "",
                   host, is_v6 ? "]" : "", ntohs(get_port(a)));
}

/* "host:port" -> NUL terminated parts; brackets are taken off the host. */
static bool
split(struct str s, char *host, size_t host_cap, char *port, size_t port_cap)
{
    const char *colon = s.len == 0 ? NULL : memrchr(s.p, ':', s.len);
    struct str h, p;

    if (colon == NULL) {
        return false;
    }
    h = (struct str){s.p, (size_t)(colon - s.p)};
    p = (struct str){colon + 1, s.len - h.len - 1};
    if (h.len >= 2 && h.p[0] == '[' && h.p[h.len - 1] == ']') {
        h = (struct str){h.p + 1, h.len - 2};
    } else if (memchr(h.p, ':', h.len) != NULL) {
        return false;
    }
    return p.len > 0 && str_copy(h, host, host_cap) &&
           str_copy(p, port, port_cap);
}

void
listen_addr_set_port(struct listen_addr *a, const struct listen_addr *bound)
{
    set_port(a, get_port(bound));
    describe(a);
}

enum rc
listen_addr_parse(struct str s, struct listen_addr *a, struct err *e)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE,
    };
    struct addrinfo *found = NULL;
    char host[256], port_text[8];
    uint64_t port;
    int rc;

    if (!split(s, host, sizeof(host), port_text, sizeof(port_text)) ||
        !number_parse_u64(str_of(port_text), &port) || port > 65535) {
        return err_set(e, RC_INVAL,
                       "\"%.*s\" is not an address to listen on; write "
                       "ADDR:PORT, as 127.0.0.1:8080 or [::1]:8080",
                       STR_ARG(s));
    }
    if (host[0] == '\0') {
        hints.ai_family = AF_INET;
    }
    rc = getaddrinfo(host[0] == '\0' ? NULL : host, port_text, &hints, &found);
    if (rc != 0) {
        return err_set(e, RC_INVAL, "cannot listen on %.*s: %s", STR_ARG(s),
                       gai_strerror(rc));
    }
    memcpy(&a->sa, found->ai_addr, found->ai_addrlen);
    a->len = found->ai_addrlen;
    freeaddrinfo(found);
    describe(a);
    return RC_OK;
}
