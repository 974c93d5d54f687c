/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/session.h"

#include <stdlib.h>

#define DEFAULT_URL "redis://127.0.0.1:6379"

static const char *
url_of(const struct session_where *o)
{
    const char *url = o->redis;

    if (url == NULL) {
        url = getenv("LOOKUP_REDIS_URL");
    }
    return url == NULL || url[0] == '\0' ? DEFAULT_URL : url;
}

static enum rc
check_names(const struct session_where *o, bool table_needed, struct err *e)
{
    if (o->table == NULL && table_needed) {
        return err_set(e, RC_INVAL, "--table is missing");
    }
    return table_check_names(o->prefix, o->table == NULL ? "any" : o->table, e);
}

enum rc
session_init(struct session *s, const struct session_where *o,
             bool table_needed, struct err *e)
{
    enum rc rc;

    *s = (struct session){.table = {.prefix = o->prefix, .name = o->table}};
    rc = check_names(o, table_needed, e);
    if (rc == RC_OK) {
        rc = topology_parse(&s->topology, str_of(url_of(o)), e);
    }
    if (rc == RC_OK && o->redis_password_file != NULL) {
        rc = topology_password_file(&s->topology, o->redis_password_file, e);
    }
    return rc == RC_OK ? redis_open(&s->table.redis, &s->topology, e) : rc;
}

void
session_fini(struct session *s)
{
    redis_close(&s->table.redis);
}
