/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_impl.h"

#include "lookup/api/native_render.h"

void
resp_fail(struct command *c, struct resp_fault fault)
{
    resp_error(c->answer(c), "ERR %s", fault.text);
    c->finish(c, fault.status);
}

void
resp_fail_users(struct resp_commands *r, struct command *c,
                const struct table_view *view, size_t n,
                struct resp_fault fault)
{
    for (size_t i = 0; i < n; i++) {
        lookup_count(r->lookup, view, DIALECT_RESP, OUTCOME_ERROR);
    }
    resp_fail(c, fault);
}

void
resp_fail_answer(struct command *c, enum answer_code code)
{
    static const char *const text[] = {
        [ANSWER_MISSING_FEATURES] = "features missing",
        [ANSWER_STORE_UNAVAILABLE] = "store unavailable",
        [ANSWER_TABLE_UNAVAILABLE] = "table unavailable",
        [ANSWER_TOO_COSTLY] = "too costly to score in time",
        [ANSWER_NOT_LIVE] = "not scored live",
        [ANSWER_MOVED] = "table unavailable",
    };

    resp_fail(c, (struct resp_fault){503, text[code]});
}

void
resp_answer(struct buf *out, const char *table, struct str user, size_t k,
            const struct answer *a)
{
    size_t at = resp_bulk_begin(out);

    native_render_answer(out, table, user, k, a);
    resp_bulk_end(out, at);
}
