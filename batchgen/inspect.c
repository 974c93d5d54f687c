/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/inspect.h"

#define OPTION_OWNER struct inspect_options
static const struct option_def defs[] = {SESSION_OPTION(OPTION_DEF)};

enum rc
inspect(const struct command_text *text, inspect_fn fn, bool one, int argc,
        char **argv, struct err *e)
{
    struct inspect_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    struct session s = {0};
    uint64_t gen = 0;
    bool done;
    enum rc rc =
        command_options(text, &set, argc, argv, &gen, one ? 1 : 0, &done, e);

    if (rc == RC_OK && !done) {
        struct session_where where = SESSION_WHERE(&o);

        rc = session_init(&s, &where, one, e);
        if (rc == RC_OK) {
            rc = fn(&s.table, &o, gen, e);
        }
        session_fini(&s);
    }
    option_free(&set);
    return rc;
}

const char *
inspect_state(const struct manifest *m, uint64_t gen,
              const struct generation_info *g)
{
    if (gen == m->live) {
        return "live";
    }
    if (gen == m->previous) {
        return "previous";
    }
    if (manifest_is_bad(m, gen)) {
        return "bad";
    }
    return g->ready                          ? "ready"
           : generation_info_is_appending(g) ? "appending"
                                             : "writing";
}
