/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model - an XGBoost model file: what it is, and a booster made of it.
 * Immutable once loaded. Only model*.c and scorer_xgb.c name libxgboost.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;

/* Facts read from the model; texts live as long as the model. */
struct model_info {
    const char *objective;    /* "binary:logistic" */
    const char *booster;      /* "gbtree", "dart", "gblinear" */
    const char *format;       /* "json", "ubjson", "binary" */
    const char *saved_by;     /* "1.7.4", "<1.0" when the file does not say */
    const char *repaired;     /* what was repaired on loading, or NULL */
    size_t nfeature;          /* columns of a row */
    size_t noutput;           /* floats of a prediction (value) */
    size_t nclass;            /* of a multi: objective, else 0 */
    size_t nname;             /* nfeature, or 0: the model has no names */
    uint32_t rounds;          /* boosting rounds in the file; gblinear: 0 */
    uint32_t parallel_trees;  /* trees a round and output; gblinear: 1 */
    int64_t best_iteration;   /* -1: not in the file */
    int64_t best_ntree_limit; /* -1: not in the file */
};

/* Read a whole file of at most 2 GiB. RC_IO names it. free() *out. */
MUST_USE enum rc model_read_file(const char *path, char **out, size_t *len,
                                 struct err *e);

/*
 * Load a model from bytes of any supported format; the format is sniffed,
 * file names are never trusted. RC_REFUSED: not a model, or one that would be
 * mis-scored; the message says what it is and what to do. RC_NOMEM.
 * `untrusted` first tries the bytes in a child process under resource limits;
 * a server passes false for bytes whose model_sha256 it checked.
 */
MUST_USE enum rc model_load(struct model **out, struct str bytes,
                            bool untrusted, struct err *e);

/* Frees and nulls; NULL is fine. No scorer made of it may be in use. */
void model_destroy(struct model **m);

/* Valid as long as the model. */
const struct model_info *model_info(const struct model *m);

/* Name of feature i; only when info.nname > 0. */
struct str model_feature_name(const struct model *m, size_t i);

/*
 * The bytes to store and load again: the booster as given, or as repaired, out
 * of any archive and pickle. What only the pickle knew (names of features,
 * best_iteration) is not among them. Valid as long as the model.
 */
struct str model_bytes(const struct model *m);

/*
 * Turn --iterations text ("auto", "all", "container", "A:B") into a half-open
 * range of rounds. auto stops after best_iteration if the file has one;
 * container as SageMaker's does: at best_ntree_limit if the file has one. 0:0
 * is all, as libxgboost has it. `text` gets "A:B" as the generation records it.
 * RC_INVAL: malformed or outside.
 */
MUST_USE enum rc model_iterations(const struct model *m, const char *spec,
                                  uint32_t *begin, uint32_t *end, char text[32],
                                  struct err *e);

/*
 * The booster as XGBoost's JSON text, whatever format it was loaded from, as
 * libxgboost 1.7.4 writes it. free() *json; len bytes and a NUL. RC_NOMEM or
 * RC_FAILED.
 */
MUST_USE enum rc model_json(const struct model *m, char **json, size_t *len,
                            struct err *e);

/* As model_json in UBJSON, where floats keep their bits. */
MUST_USE enum rc model_ubj(const struct model *m, char **ubj, size_t *len,
                           struct err *e);

/* For scorer_xgb: the BoosterHandle. */
void *model_handle(const struct model *m);

/* For scorer_xgb: the first line of what libxgboost said, without its ballast
   of source positions. Of the calling thread; valid until its next call. */
struct str model_xgb_said(void);
