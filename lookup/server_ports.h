/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * server_ports - where a server listens, found before its workers share it.
 */
#include "lookup/net/listen_addr.h"

#include <stdbool.h>

struct server_ports {
    struct listen_addr listen; /* HTTP */
    struct listen_addr resp;   /* if has_resp */
    bool has_resp;
};

/*
 * Both by listener_probe(); port 0 becomes one that is free. resp may be
 * "off". RC_INVAL: no address; RC_IO: taken, by the other one too.
 */
MUST_USE enum rc server_ports_find(struct server_ports *p, const char *listen,
                                   const char *resp, struct err *e);
