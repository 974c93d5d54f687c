/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: what a generation says of itself.
 */
#include "batchgen/inspect.h"

#include <stdio.h>

struct showing {
    struct buf out;
    bool json;
};

static void
on_show_field(void *arg, struct str field, struct str value)
{
    struct showing *s = arg;

    if (s->json) {
        buf_c(&s->out, s->out.len > 1 ? "," : "");
        buf_json_str(&s->out, field);
        buf_char(&s->out, ':');
        buf_json_str(&s->out, value);
    } else {
        buf_printf(&s->out, "%-14.*s ", STR_ARG(field));
        buf_str(&s->out, value);
        buf_char(&s->out, '\n');
    }
}

static enum rc
show(const struct table *t, const struct inspect_options *o, uint64_t gen,
     struct err *e)
{
    struct showing s = {.json = o->json};
    struct generation_info g;
    struct manifest m;
    enum rc rc = table_manifest(t, &m, e);

    if (rc == RC_OK) {
        rc = table_generation(t, gen, &g, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    buf_init(&s.out, INSPECT_MAX);
    buf_c(&s.out, s.json ? "{" : "");
    on_show_field(&s, STR("state"), str_of(inspect_state(&m, gen, &g)));
    generation_info_each(&g, on_show_field, &s);
    printf("%.*s%s", STR_ARG(buf_view(&s.out)), s.json ? "}\n" : "");
    buf_fini(&s.out);
    generation_info_fini(&g);
    return RC_OK;
}

enum rc
command_show(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct command_text text = {
        .usage = "show N --table T [options]",
        .about = "What generation N says of itself.",
    };

    (void)stop;
    return inspect(&text, show, true, argc, argv, e);
}
