/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/table.h"

#include "common/base/number.h"

#define INFO_MAX (64 << 10)

enum rc
table_check_policy(const struct table *t, struct err *e)
{
    struct buf info;
    struct str rest;
    bool found;
    enum rc rc;

    buf_init(&info, INFO_MAX);
    REDIS_WORDS(t->redis, STR("INFO"), STR("memory"));
    rc = redis_ask_text(t->redis, &info, &found, e);
    rest = buf_view(&info);
    while (rc == RC_OK && rest.p != NULL) {
        struct str line = str_trim(str_cut(&rest, '\n'));

        if (str_starts(line, STR("maxmemory_policy:allkeys-"))) {
            rc = err_set(e, RC_UNAVAIL,
                         "this Redis evicts keys when memory is short (%.*s), "
                         "so records would vanish: set maxmemory-policy "
                         "noeviction, or pass --force",
                         STR_ARG(line));
        }
    }
    buf_fini(&info);
    return rc;
}

static enum rc
on_config_pair(void *arg, struct str name, struct str value, struct err *e)
{
    (void)name;
    if (!number_parse_u64(value, arg)) {
        return err_set(e, RC_FAILED, "not a number");
    }
    return RC_OK;
}

static uint64_t
config_number(const struct table *t, struct str name, uint64_t unknown)
{
    uint64_t n = unknown;
    struct err ignored;

    REDIS_WORDS(t->redis, STR("CONFIG"), STR("GET"), name);
    return redis_ask_hash(t->redis, on_config_pair, &n, &ignored) == RC_OK
               ? n
               : unknown;
}

struct payload_limits
table_listpack(const struct table *t)
{
    struct payload_limits l = PAYLOAD_LIMITS_REDIS;

    l.value = config_number(t, STR("hash-max-listpack-value"), l.value);
    l.entries = config_number(t, STR("hash-max-listpack-entries"), l.entries);
    return l;
}
