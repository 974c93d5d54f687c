/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/bulk.h"

#include "common/base/check.h"
#include "lookup/core/lookup_impl.h"

#include <stdlib.h>

#define BLOCK_ROWS  1024
#define BLOCK_BYTES (1024 * 1024)
#define BLOCK_NS    2000000 /* what others may have to wait for */

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t
block_for(const struct bulk *b, size_t row_bytes)
{
    size_t n = b->setup.heavy ? BLOCK_ROWS : least(b->setup.nrow, BLOCK_ROWS);

    n = least(n, BLOCK_BYTES / row_bytes);
    n = least(n, BLOCK_NS / (generation_score_ns(b->gen) + 1));
    return n == 0 ? 1 : n;
}

static bool
make_room(struct bulk *b)
{
    size_t row_bytes = schema_size(b->gen->schema) * sizeof(*b->x);
    size_t room;

    b->block = block_for(b, row_bytes);
    room = b->block * generation_room(b->gen);
    b->x = malloc(b->block * row_bytes);
    if (b->gen->info.kind == TABLE_RANKING) {
        b->out.item = malloc(room * sizeof(*b->out.item));
    } else {
        b->out.y = malloc(room * sizeof(*b->out.y));
    }
    return b->x != NULL && (b->out.item != NULL || b->out.y != NULL);
}

struct bulk *
bulk_create(struct lookup *l, const struct table_view *view,
            const struct bulk_setup *setup)
{
    struct bulk *b = calloc(1, sizeof(*b));

    CHECK(generation_is_live(view->live));
    if (b == NULL) {
        return NULL;
    }
    b->lookup = l;
    b->view = view;
    b->tables = lookup_hold_tables(l);
    b->gen = view->live;
    b->setup = *setup;
    if (!make_room(b)) {
        bulk_destroy(&b);
    }
    return b;
}

void
bulk_destroy(struct bulk **out)
{
    struct bulk *b = *out;

    if (b != NULL) {
        tables_release(&b->tables);
        free(b->x);
        free(b->out.y);
        free(b->out.item);
        free(b);
        *out = NULL;
    }
}

bool
bulk_is_heavy(const struct bulk *b)
{
    return b->lookup->scoring != NULL &&
           (b->setup.heavy ||
            lookup_is_costly(b->lookup, b->gen, b->setup.nrow));
}

/* One block. */
static enum rc
do_block(struct scoring_job *job)
{
    struct bulk *b = job->arg;
    size_t n = 0;
    enum rc rc = b->setup.read(b->setup.arg, b->x, b->block, &n);

    b->nread += n;
    if (rc == RC_OK && n > 0) {
        rc = generation_score(b->gen, b->x, n, &b->out);
        rc = rc == RC_OK ? b->setup.write(b->setup.arg, &b->out, n) : rc;
    }
    job->unfinished = rc == RC_OK && n > 0;
    return rc;
}

static void
on_done(struct scoring_job *job)
{
    struct bulk *b = job->arg;

    lookup_count_many(b->lookup, b->view, b->setup.dialect,
                      job->rc == RC_OK ? OUTCOME_LIVE : OUTCOME_ERROR,
                      job->rc != RC_OK && b->nread == 0 ? 1 : b->nread);
    b->setup.done(b->setup.arg, b, job->rc);
    bulk_destroy(&b);
}

void
bulk_run(struct bulk *b)
{
    b->job = (struct scoring_job){
        .gen = b->gen,
        .nrow = b->block,
        .work = do_block,
        .heavy = bulk_is_heavy(b),
        .deadline_ns = b->setup.deadline_ns,
        .done = on_done,
        .arg = b,
    };
    lookup_score(b->lookup, &b->job);
}

struct about
bulk_about(const struct bulk *b, enum rc rc)
{
    enum outcome outcome = rc == RC_OK ? OUTCOME_LIVE : OUTCOME_ERROR;

    return (struct about){b->view->id, (uint8_t)(1 + outcome)};
}
