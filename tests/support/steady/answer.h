/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answer - one HTTP/1.1 response of lookup, and what its JSON says.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct answer {
    int status;
    bool closes; /* "Connection: close" */
    struct str body;
};

/*
 * Read one response with a Content-Length from n bytes. Returns the bytes it
 * took; -1: broken; -2: more is needed. body is a view of p.
 */
ssize_t answer_parse(const char *p, size_t n, struct answer *a);

struct prediction {
    char user[1024]; /* "" when there is none, or it is longer */
    char source[16];
    uint64_t generation;
    float value; /* NaN unless it is one number */
};

/* False when the body is no JSON object. */
bool answer_prediction(const struct answer *a, struct prediction *out);
