/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listen_addr - where to listen: ADDR:PORT as text, and as the kernel has it.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <sys/socket.h>

struct listen_addr {
    struct sockaddr_storage sa;
    socklen_t len;
    char text[64]; /* "127.0.0.1:8080", "[::1]:8080" */
};

/*
 * "127.0.0.1:8080", "[::1]:8080", "name:8080", ":8080" (every IPv4 address);
 * port 0: any free one. May block on a name, so only at the start.
 */
MUST_USE enum rc listen_addr_parse(struct str s, struct listen_addr *a,
                                   struct err *e);

/* a's port becomes the one that was bound; its text says so. */
void listen_addr_set_port(struct listen_addr *a,
                          const struct listen_addr *bound);
