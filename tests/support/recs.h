/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * recs - a model, users and items as files: model.json, users.csv, items.csv,
 * each CSV of an id and some of the model's features.
 */
#include "common/base/check.h"
#include "common/model/model.h"
#include "common/model/ranking.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct recs_table {
    size_t n;
    size_t ncolumn;
    uint32_t column[64]; /* the model's feature */
    float *x;            /* n x ncolumn */
    char (*id)[32];
};

struct recs {
    struct model *model;
    struct recs_table users;
    struct recs_table items;
    struct ranking_catalogue catalogue; /* of items */
    float *user; /* users in rows of all features, those of items 0 */
};

static inline void *
recs_alloc(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);

    CHECK(p != NULL);
    return p;
}

static inline char *
recs_read(const char *folder, const char *file, struct str *bytes)
{
    char path[256];
    char *p;
    struct err e;

    snprintf(path, sizeof(path), "%s%s", folder, file);
    CHECK(model_read_file(path, &p, &bytes->len, &e) == RC_OK);
    bytes->p = p;
    return p;
}

static inline uint32_t
recs_feature(const struct model *m, struct str name)
{
    uint32_t i = 0;

    while (!str_eq(model_feature_name(m, i), name)) {
        i++;
    }
    return i;
}

static inline void
recs_read_row(struct recs_table *t, struct str line)
{
    float *x = t->x + t->n * t->ncolumn;

    CHECK(str_copy(str_cut(&line, ','), t->id[t->n], sizeof(*t->id)));
    for (size_t c = 0; c < t->ncolumn; c++) {
        struct str cell = str_cut(&line, ',');

        x[c] = cell.len == 0 ? NAN : strtof(cell.p, NULL);
    }
    t->n++;
}

static inline void
recs_read_table(struct recs_table *t, const struct model *m, const char *folder,
                const char *file)
{
    struct str rest;
    char *bytes = recs_read(folder, file, &rest);
    struct str line;

    *t = (struct recs_table){0};
    t->x = recs_alloc(rest.len, sizeof(*t->x));
    t->id = recs_alloc(rest.len / 8, sizeof(*t->id));
    rest = str_trim(rest);
    line = str_cut(&rest, '\n');
    (void)str_cut(&line, ',');
    while (line.p != NULL) {
        t->column[t->ncolumn++] = recs_feature(m, str_cut(&line, ','));
    }
    while (rest.p != NULL) {
        recs_read_row(t, str_cut(&rest, '\n'));
    }
    free(bytes);
}

static inline void
recs_spread_users(struct recs *s)
{
    size_t nfeature = model_info(s->model)->nfeature;
    const struct recs_table *t = &s->users;

    s->user = recs_alloc(t->n * nfeature, sizeof(*s->user));
    for (size_t u = 0; u < t->n; u++) {
        for (size_t c = 0; c < t->ncolumn; c++) {
            s->user[u * nfeature + t->column[c]] = t->x[u * t->ncolumn + c];
        }
    }
}

/* folder ends in a slash. */
static inline void
recs_init(struct recs *s, const char *folder)
{
    struct str bytes;
    char *p = recs_read(folder, "model.json", &bytes);
    struct err e;

    CHECK(model_load(&s->model, bytes, false, &e) == RC_OK);
    free(p);
    recs_read_table(&s->users, s->model, folder, "users.csv");
    recs_read_table(&s->items, s->model, folder, "items.csv");
    s->catalogue = (struct ranking_catalogue){
        s->items.x, s->items.n, s->items.column, s->items.ncolumn};
    recs_spread_users(s);
}

static inline void
recs_fini(struct recs *s)
{
    model_destroy(&s->model);
    free(s->users.x);
    free(s->users.id);
    free(s->items.x);
    free(s->items.id);
    free(s->user);
}
