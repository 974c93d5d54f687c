/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_status - the status lines we send, and what errors are called.
 */
#include "common/base/str.h"

struct http_status {
    int status;
    struct str line;  /* "HTTP/1.1 200 OK\r\n" */
    const char *code; /* of an error in our JSON: "bad_request"; else NULL */
};

/* status must be one we send (see the .c): anything else is a bug. */
const struct http_status *http_status_find(int status);
