/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * contributions - what each feature of a row did to its prediction, by
 * libxgboost's own reckoning: parts that sum up to the margin.
 */
#include "lookup/core/generation.h"

struct contributions {
    float *value;    /* noutput x (nfeature + 1), the bias last; or NULL */
    size_t noutput;  /* ... margins */
    size_t nfeature; /* of the model; a ranking's are users' and items' */
    uint32_t item;   /* of a ranking: the one that is explained */
    struct err why;  /* value is NULL */
};

/*
 * Of the row x, schema_size floats; in a ranking together with the best item
 * that was predicted for it. Blocks, far longer than scoring does.
 */
void contributions_find(struct contributions *c, const struct generation *g,
                        const float *x, const struct prediction *predicted);

/* Feature i of the model; empty if it has no names. */
struct str contributions_name(const struct generation *g, size_t i);

/* Frees what was found. */
void contributions_fini(struct contributions *c);
