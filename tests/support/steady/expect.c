/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/steady/expect.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/base/number.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GENERATIONS_MAX 16

struct said {
    uint64_t generation;
    float *value; /* by user; NaN: unknown to it */
};

struct expect {
    char *text; /* the users' file, which the ids are views of */
    struct str *user;
    size_t nuser;
    uint32_t *slot; /* by hash: user + 1, 0 is free; nslot a power of two */
    size_t nslot;
    struct said said[GENERATIONS_MAX];
    size_t nsaid;
};

static enum rc
read_file(const char *path, char **text, struct str *rows, struct err *e)
{
    FILE *f = fopen(path, "r");
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        enum rc rc = err_set(e, RC_IO, "%s: %s", path, strerror(errno));

        if (f != NULL) {
            fclose(f);
        }
        return rc;
    }
    *text = malloc((size_t)st.st_size + 1);
    CHECK(*text != NULL);
    *rows = (struct str){*text, fread(*text, 1, (size_t)st.st_size, f)};
    fclose(f);
    (void)str_cut(rows, '\n');
    return RC_OK;
}

/* The slot of that user, or the free one where it belongs. */
static uint32_t *
slot_of(const struct expect *x, struct str user)
{
    size_t at = hash_key(user) & (x->nslot - 1);

    while (x->slot[at] != 0 && !str_eq(x->user[x->slot[at] - 1], user)) {
        at = (at + 1) & (x->nslot - 1);
    }
    return &x->slot[at];
}

static size_t
count_lines(struct str rows)
{
    size_t n = 0;

    while (rows.p != NULL) {
        (void)str_cut(&rows, '\n');
        n++;
    }
    return n;
}

static void
index_users(struct expect *x, struct str rows)
{
    size_t nline = count_lines(rows);

    x->nslot = 16;
    while (x->nslot < 2 * nline) {
        x->nslot *= 2;
    }
    x->user = calloc(nline + 1, sizeof(*x->user));
    x->slot = calloc(x->nslot, sizeof(*x->slot));
    CHECK(x->user != NULL && x->slot != NULL);
    while (rows.p != NULL) {
        struct str row = str_trim(str_cut(&rows, '\n'));
        struct str user = str_cut(&row, ',');

        if (user.len > 0 && *slot_of(x, user) == 0) {
            x->user[x->nuser++] = user;
            *slot_of(x, user) = (uint32_t)x->nuser;
        }
    }
}

enum rc
expect_create(struct expect **out, const char *path, struct err *e)
{
    struct expect *x = calloc(1, sizeof(*x));
    struct str rows;
    enum rc rc;

    CHECK(x != NULL);
    rc = read_file(path, &x->text, &rows, e);
    if (rc != RC_OK) {
        goto fail;
    }
    index_users(x, rows);
    if (x->nuser == 0) {
        rc = err_set(e, RC_REFUSED, "%s: no users", path);
        goto fail;
    }
    *out = x;
    return RC_OK;

fail:
    expect_destroy(&x);
    return rc;
}

void
expect_destroy(struct expect **x)
{
    if (*x == NULL) {
        return;
    }
    for (size_t i = 0; i < (*x)->nsaid; i++) {
        free((*x)->said[i].value);
    }
    free((*x)->slot);
    free((*x)->user);
    free((*x)->text);
    free(*x);
    *x = NULL;
}

static enum rc
fill_values(const struct expect *x, const char *path, float *value,
            struct err *e)
{
    char *text;
    struct str rows;
    enum rc rc = read_file(path, &text, &rows, e);

    if (rc != RC_OK) {
        return rc;
    }
    for (size_t i = 0; i < x->nuser; i++) {
        value[i] = NAN;
    }
    while (rows.p != NULL && rc == RC_OK) {
        struct str row = str_trim(str_cut(&rows, '\n'));
        struct str user = str_cut(&row, ',');
        uint32_t at = *slot_of(x, user);

        if (at != 0 && !number_parse_f32(row, &value[at - 1])) {
            rc = err_set(e, RC_REFUSED, "%s: \"%.*s\" is no number", path,
                         STR_ARG(row));
        }
    }
    free(text);
    return rc;
}

enum rc
expect_add(struct expect *x, const char *spec, struct err *e)
{
    struct str path = str_of(spec);
    struct str number = str_cut(&path, '=');
    struct said *s = &x->said[x->nsaid];

    if (x->nsaid == GENERATIONS_MAX || path.p == NULL ||
        !number_parse_u64(number, &s->generation)) {
        return err_set(e, RC_INVAL, "--expect %s: GENERATION=FILE, at most %d",
                       spec, GENERATIONS_MAX);
    }
    s->value = calloc(x->nuser, sizeof(*s->value));
    CHECK(s->value != NULL);
    x->nsaid++;
    return fill_values(x, path.p, s->value, e);
}

size_t
expect_count(const struct expect *x)
{
    return x->nuser;
}

struct str
expect_user(const struct expect *x, size_t i)
{
    return x->user[i];
}

/* A 404 names no generation: it can be right if one does not know the user. */
static bool
may_be_unknown(const struct expect *x, size_t i)
{
    for (size_t k = 0; k < x->nsaid; k++) {
        if (isnan(x->said[k].value[i])) {
            return true;
        }
    }
    return x->nsaid == 0;
}

static bool
agrees(const struct expect *x, size_t i, const struct prediction *p)
{
    for (size_t k = 0; k < x->nsaid; k++) {
        if (x->said[k].generation == p->generation) {
            return x->said[k].value[i] == p->value;
        }
    }
    return x->nsaid == 0;
}

enum verdict
expect_judge(const struct expect *x, size_t i, const struct answer *a,
             struct prediction *p)
{
    *p = (struct prediction){.value = NAN};
    if (a->status == 404) {
        return may_be_unknown(x, i) ? VERDICT_OK : VERDICT_MISSING;
    }
    if (a->status != 200) {
        return VERDICT_STATUS;
    }
    if (!answer_prediction(a, p)) {
        return VERDICT_MALFORMED;
    }
    if (!str_eq(x->user[i], str_of(p->user)) || !agrees(x, i, p)) {
        return VERDICT_MISMATCHED;
    }
    return VERDICT_OK;
}
