/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rows.h"

#include "batchgen/keep.h"
#include "batchgen/rejected.h"
#include "common/base/hash.h"
#include "common/table/record.h"

#include <stdlib.h>
#include <string.h>

/* Rows scored at once: the matrix should stay in the cache. */
#define MATRIX_BYTES ((size_t)256 << 10)
#define BLOCK_MAX    1024
#define BLOCK_MIN    64
#define REASON_MAX   512

struct rows {
    const struct recipe *recipe;
    size_t block;    /* rows scored at once */
    size_t n;        /* rows waiting to be scored */
    float *x;        /* block x nfeature */
    float *y;        /* block x noutput */
    size_t *payload; /* where each row's payload goes, in chunk->rows */
    struct buf scratch;
};

size_t
recipe_record_size(const struct recipe *r)
{
    return r->scorer == NULL ? 0 : record_size(RECORD_F32, r->scorer->noutput);
}

size_t
recipe_features_size(const struct recipe *r)
{
    return r->with_features ? sizeof(uint64_t) + r->nfeature * sizeof(float)
                            : 0;
}

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
    size_t noutput = recipe->scorer == NULL ? 1 : recipe->scorer->noutput;

    if (r == NULL) {
        return NULL;
    }
    r->recipe = recipe;
    r->block = block_of(recipe);
    r->x = calloc(r->block, recipe->nfeature * sizeof(*r->x));
    r->y = calloc(r->block, noutput * sizeof(*r->y));
    r->payload = calloc(r->block, sizeof(*r->payload));
    buf_init(&r->scratch, 2 * RECORD_MAX);
    if (r->x == NULL || r->y == NULL || r->payload == NULL) {
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
    free((*r)->payload);
    buf_fini(&(*r)->scratch);
    free(*r);
    *r = NULL;
}

/* Score the waiting rows and pack them where they belong. */
static enum rc
flush(struct rows *r, struct chunk *c, struct err *e)
{
    const struct recipe *recipe = r->recipe;
    size_t nout = recipe->scorer == NULL ? 0 : recipe->scorer->noutput;

    if (r->n > 0 && nout > 0 &&
        scorer_score(recipe->scorer, r->x, r->n, r->y) != RC_OK) {
        return err_set(e, RC_FAILED,
                       "%s: the model refuses to score rows of lines %llu "
                       "and after",
                       c->source->path, (unsigned long long)c->line);
    }
    for (size_t i = 0; i < r->n; i++) {
        char *p = c->rows.p + r->payload[i];

        if (nout > 0) {
            p += record_put_f32(p, r->y + i * nout, nout);
        }
        if (recipe->with_features) {
            record_put_features(p, recipe->stamp_us,
                                r->x + i * recipe->nfeature, recipe->nfeature);
        }
    }
    r->n = 0;
    return RC_OK;
}

static void
reject(const struct row_plan *plan, enum row_fault fault,
       const struct row_where *where, struct chunk *c, struct str line,
       uint64_t line_number)
{
    char reason[REASON_MAX];

    row_fault_text(plan, fault, where, reason, sizeof(reason));
    rejected_format(&c->rejects, c->source->path, line_number,
                    c->offset + (uint64_t)(line.p - c->data.p), reason, line);
    c->rejected++;
}

static enum rc
take_row(struct rows *r, struct chunk *c, struct str line, uint64_t number,
         struct err *e)
{
    const struct row_plan *plan = r->recipe->plan[c->source_index];
    struct row_where where;
    struct str id;
    enum row_fault fault =
        row_parse_csv(plan, line, r->scratch.p, &id,
                      r->x + r->n * r->recipe->nfeature, &where);

    c->read++;
    if (fault != ROW_OK) {
        reject(plan, fault, &where, c, line, number);
        return RC_OK;
    }
    c->longest_id = id.len > c->longest_id ? id.len : c->longest_id;
    r->payload[r->n++] = keep_put(&c->rows, hash_key(id), id,
                                  recipe_record_size(r->recipe) +
                                      recipe_features_size(r->recipe));
    c->nrow++;
    if (buf_failed(&c->rows)) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    return r->n == r->block ? flush(r, c, e) : RC_OK;
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
    len = row_record_len(rest);
    len = len == 0 ? rest.len : len;
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
    c->longest_id = 0;
    r->n = 0;
}

enum rc
rows_of_chunk(struct rows *r, struct chunk *c, struct err *e)
{
    struct str rest = buf_view(&c->data);
    uint64_t number = c->line, lines;
    enum rc rc = RC_OK;

    reset(r, c);
    if (buf_reserve(&r->scratch, rest.len) == NULL) {
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
    return rc;
}
