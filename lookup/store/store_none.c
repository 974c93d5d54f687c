/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_none.h"

#include <stdlib.h>

static enum rc
refuse_read(struct store *s, const struct store_read *r)
{
    (void)s, (void)r;
    return RC_UNAVAIL;
}

static enum rc
refuse_command(struct store *s, const struct store_command *c)
{
    (void)s, (void)c;
    return RC_UNAVAIL;
}

static void
flush_nothing(struct store *s)
{
    (void)s;
}

static void
move_nowhere(struct store *s, const char *address)
{
    (void)s, (void)address;
}

static void
destroy(struct store *s)
{
    free(s);
}

static const struct store_ops ops = {
    .name = "none",
    .read = refuse_read,
    .command = refuse_command,
    .flush = flush_nothing,
    .move = move_nowhere,
    .destroy = destroy,
};

struct store *
store_none_create(void)
{
    struct store *s = calloc(1, sizeof(*s));

    if (s != NULL) {
        s->ops = &ops;
    }
    return s;
}
