/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   chunk   line line line ...
 *             |  row_parse
 *   x       row row row ...  block x nfeature     `waiting` says whose they are
 *             |  full, or the chunk ends: score all, pack all
 *   y|item  values or items  -> sink -> c->rows
 *
 * A block is as many rows as make MATRIX_BYTES, so that it is still in the
 * cache when it is scored; scorers want 64 rows at least. A row costs no
 * allocation: an id that had to be unquoted lies in `scratch` where its line
 * lies in the chunk, which is room enough and stays until the chunk is done.
 *
 * A bad row is described and left out, or takes its place as all missing,
 * marked. It never stops the rows behind it, unless it is to stop the run.
 */
#include "batchgen/rows.h"

#include "batchgen/rejected.h"
#include "common/base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows scored at once: the matrix should stay in the cache. */
#define MATRIX_BYTES ((size_t)256 << 10)
#define BLOCK_MAX    1024
#define BLOCK_MIN    64
#define REASON_MAX   512

struct rows {
    const struct recipe *recipe;
    size_t block;             /* rows scored at once */
    float *x;                 /* block x nfeature */
    float *y;                 /* block x noutput */
    struct record_item *item; /* block x nitem */
    struct sink_rows waiting;
    struct buf scratch; /* as long as the chunk: a row's is where it is there */
};

static size_t
block_of(const struct recipe *r)
{
    size_t n = MATRIX_BYTES / (r->nfeature * sizeof(float));

    n = n < BLOCK_MIN ? BLOCK_MIN : n;
    return n > BLOCK_MAX ? BLOCK_MAX : n;
}

struct rows *
rows_create(const struct recipe *recipe)
{
    struct rows *r = calloc(1, sizeof(*r));
    const struct ranked *ranked = recipe->ranked;
    size_t nitem = ranked == NULL ? 0 : ranked_items(ranked);
    size_t noutput =
        ranked != NULL || recipe->scorer == NULL ? 0 : recipe->scorer->noutput;

    if (r == NULL) {
        return NULL;
    }
    r->recipe = recipe;
    r->block = block_of(recipe);
    r->x = calloc(r->block, recipe->nfeature * sizeof(*r->x));
    r->y = calloc(r->block, noutput * sizeof(*r->y) + 1);
    r->item = calloc(r->block, nitem * sizeof(*r->item) + 1);
    r->waiting = (struct sink_rows){
        .nfeature = recipe->nfeature,
        .noutput = noutput,
        .nitem = nitem,
        .x = r->x,
        .y = r->y,
        .item = r->item,
        .row = calloc(r->block, sizeof(struct sink_row)),
    };
    buf_init(&r->scratch, 2 * RECORD_MAX);
    if (r->x == NULL || r->y == NULL || r->item == NULL ||
        r->waiting.row == NULL) {
        rows_destroy(&r);
    }
    return r;
}

void
rows_destroy(struct rows **r)
{
    if (*r == NULL) {
        return;
    }
    free((*r)->x);
    free((*r)->y);
    free((*r)->item);
    free((*r)->waiting.row);
    buf_fini(&(*r)->scratch);
    free(*r);
    *r = NULL;
}

/* Predict for the waiting rows. */
static enum rc
predict(struct rows *r)
{
    const struct recipe *recipe = r->recipe;
    const struct sink_rows *w = &r->waiting;

    if (w->n == 0 || recipe->scorer == NULL) {
        return RC_OK;
    }
    return recipe->ranked == NULL
               ? scorer_score(recipe->scorer, r->x, w->n, r->y)
               : ranker_top(recipe->ranked->ranker, r->x, w->n, w->nitem,
                            r->item);
}

/* Score the waiting rows and hand them on. */
static enum rc
flush(struct rows *r, struct chunk *c, struct err *e)
{
    const struct recipe *recipe = r->recipe;
    struct sink_rows *w = &r->waiting;
    uint64_t begin_ns = clock_mono_ns(), scored_ns;

    if (predict(r) != RC_OK) {
        return err_set(e, RC_FAILED,
                       "%s: the model refuses to score rows of lines %llu "
                       "and after",
                       c->source->path, (unsigned long long)c->line);
    }
    scored_ns = clock_mono_ns();
    recipe->sink->ops->pack(recipe->sink, c, w);
    c->score_ns += scored_ns - begin_ns;
    c->pack_ns += clock_mono_ns() - scored_ns;
    w->n = 0;
    return buf_failed(&c->rows) ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

static enum rc
reject(const struct recipe *recipe, enum row_fault fault,
       const struct row_where *where, struct chunk *c, struct str line,
       uint64_t line_number, struct err *e)
{
    char reason[REASON_MAX];

    row_fault_text(recipe->plan[c->source_index], fault, where, reason,
                   sizeof(reason));
    rejected_format(&c->rejects, c->source->path, line_number,
                    c->offset + (uint64_t)(line.p - c->data.p), reason, line);
    c->rejected++;
    return recipe->bad != ROWS_BAD_FAIL
               ? RC_OK
               : err_set(e, RC_REFUSED, "%s:%llu: %s", c->source->path,
                         (unsigned long long)line_number, reason);
}

static enum rc
take_row(struct rows *r, struct chunk *c, struct str line, uint64_t number,
         struct err *e)
{
    const struct recipe *recipe = r->recipe;
    float *x = r->x + r->waiting.n * recipe->nfeature;
    struct sink_row row = {.line = line};
    struct str id[2] = {{"", 0}, {"", 0}};
    struct row_where where;
    enum row_fault fault =
        row_parse(recipe->plan[c->source_index], line,
                  r->scratch.p + (line.p - c->data.p), id, x, &where);

    c->read++;
    row.id = id[0];
    row.item = id[1];
    if (fault != ROW_OK) {
        enum rc rc = reject(recipe, fault, &where, c, line, number, e);

        if (rc != RC_OK || recipe->bad != ROWS_BAD_PLACEHOLDER) {
            return rc;
        }
        row.bad = true;
        for (size_t i = 0; i < recipe->nfeature; i++) {
            x[i] = NAN;
        }
    }
    if (!row.bad && recipe->users != NULL &&
        !users_has(recipe->users, row.id)) {
        c->skipped++;
        return RC_OK;
    }
    c->longest_id = row.id.len > c->longest_id ? row.id.len : c->longest_id;
    c->nrow++;
    r->waiting.row[r->waiting.n++] = row;
    return r->waiting.n == r->block ? flush(r, c, e) : RC_OK;
}

/* Length with the line end; *lines: how many lines it goes over. */
static size_t
record_len(struct str rest, bool quoted, uint64_t *lines)
{
    const char *end;
    size_t len;

    *lines = 1;
    if (!quoted) {
        end = memchr(rest.p, '\n', rest.len);
        return end == NULL ? rest.len : (size_t)(end - rest.p) + 1;
    }
    len = row_record_len(rest, true);
    for (size_t i = 0; i + 1 < len; i++) {
        *lines += rest.p[i] == '\n' ? 1 : 0;
    }
    return len;
}

static struct str
without_end(struct str line)
{
    if (line.len > 0 && line.p[line.len - 1] == '\n') {
        line.len--;
    }
    if (line.len > 0 && line.p[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

static void
reset(struct rows *r, struct chunk *c)
{
    buf_clear(&c->rows);
    buf_clear(&c->rejects);
    buf_clear(&r->scratch);
    c->nrow = 0;
    c->read = 0;
    c->rejected = 0;
    c->skipped = 0;
    c->longest_id = 0;
    c->score_ns = 0;
    c->pack_ns = 0;
    r->waiting.n = 0;
}

enum rc
rows_of_chunk(struct rows *r, struct chunk *c, struct err *e)
{
    struct str rest = buf_view(&c->data);
    uint64_t number = c->line, lines, begin_ns = clock_mono_ns();
    enum rc rc = RC_OK;

    reset(r, c);
    if (buf_reserve(&r->scratch, rest.len + 1) == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    while (rc == RC_OK && rest.len > 0) {
        size_t len = record_len(rest, c->quoted, &lines);
        struct str line = without_end((struct str){rest.p, len});

        if (line.len > 0) { /* a blank line is no record */
            rc = take_row(r, c, line, number, e);
        }
        number += lines;
        rest.p += len;
        rest.len -= len;
    }
    if (rc == RC_OK) {
        rc = flush(r, c, e);
    }
    if (rc == RC_OK && buf_failed(&c->rejects)) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    }
    c->parse_ns = clock_mono_ns() - begin_ns - c->score_ns - c->pack_ns;
    return rc;
}
