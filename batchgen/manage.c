/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/manage.h"

#include <inttypes.h>
#include <stdio.h>

enum rc
manage(const struct managed *m, int argc, char **argv, struct stop *stop,
       struct err *e)
{
    struct manage_options o = {0};
    struct option_set set = {m->def, m->ndef, &o, 0};
    struct session s = {0};
    uint64_t gen = 0;
    bool done;
    enum rc rc = command_options(&m->text, &set, argc, argv, &gen,
                                 m->with_number ? 1 : 0, &done, e);

    if (rc == RC_OK && !done) {
        struct session_where where = SESSION_WHERE(&o);

        rc = session_init(&s, &where, true, e);
        if (rc == RC_OK) {
            rc = m->fn(&s.table, &o, gen, stop, e);
        }
        session_fini(&s);
    }
    option_free(&set);
    return rc;
}

void
manage_print_json(const struct table *t, const char *what, uint64_t n)
{
    printf("{\"table\":\"%s\",\"%s\":%" PRIu64 "}\n", t->name, what, n);
}
