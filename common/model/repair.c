/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/repair.h"

#include <stdarg.h>
#include <stdio.h>

/* A repair adds a few bytes to a file of at most 2 GiB. */
#define REPAIRED_MAX (((size_t)2 << 30) + 4096)

void
repair_init(struct repair *r)
{
    memset(r, 0, sizeof(*r));
    buf_init(&r->bytes, REPAIRED_MAX);
}

void
repair_fini(struct repair *r)
{
    if (r != NULL) {
        buf_fini(&r->bytes);
    }
}

void
repair_note(struct repair *r, const char *fmt, ...)
{
    size_t len = strlen(r->what);
    va_list ap;

    len += (size_t)snprintf(r->what + len, sizeof(r->what) - len, "%s",
                            len > 0 ? "; " : "");
    va_start(ap, fmt);
    vsnprintf(r->what + len, sizeof(r->what) - len, fmt, ap);
    va_end(ap);
}
