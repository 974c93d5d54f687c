/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/redis_error.h"

#include <stddef.h>

struct meaning {
    struct str code;
    const char *what;
};

/* What Redis 7 says for NOPERM where a script calls the command. */
static const struct str noperm_in_script =
    STR("ERR The user executing the script can't run this command");

static const struct meaning meanings[] = {
    {STR("NOAUTH"),
     "wants a password: put it into the URL or a --redis-password-file"},
    {STR("WRONGPASS"), "refuses the user or the password"},
    {STR("NOPERM"), "does not let this user run a command the batch needs"},
    {STR("LOADING"), "is still loading its data: try again in a moment"},
    {STR("READONLY"), "is a replica: give the URL of its primary"},
    {STR("MASTERDOWN"), "is a replica that lost its primary"},
    {STR("OOM"), "is out of memory: raise maxmemory, or free some first "
                 "(batchgen gc, batchgen drop)"},
    {STR("MISCONF"), "cannot save to disk and takes no writes: see its log"},
    {STR("MOVED"), "is a cluster, which is not supported yet"},
    {STR("CLUSTERDOWN"), "is a cluster, which is not supported yet"},
    {STR("BUSY"), "is busy running a script: try again in a moment"},
};

enum rc
redis_error(struct str reply, const char *name, struct err *e)
{
    if (str_starts(reply, noperm_in_script)) {
        reply = STR("NOPERM");
    }
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (str_starts(reply, meanings[i].code)) {
            return err_set(e, RC_UNAVAIL, "Redis at %s %s (%.*s)", name,
                           meanings[i].what, STR_ARG(meanings[i].code));
        }
    }
    return err_set(e, RC_FAILED, "Redis at %s: %.*s", name, STR_ARG(reply));
}
