/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scoring - a model file made ready to score with.
 */
#include "common/base/hash.h"
#include "common/base/option.h"
#include "common/model/model.h"
#include "common/model/scorer.h"
#include "common/table/schema.h"

#define SCORING_OPTION(X)                                                      \
    X(model, TEXT, NULL, "FILE", 0, 0, "the XGBoost model")                    \
    X(iterations, TEXT, "auto", "auto|all|container|A:B", 0, 0,                \
      "rounds to score with: auto stops at the best one the file names; "      \
      "container at its best_ntree_limit only, as SageMaker's does; A:B are "  \
      "those from A, counted from 0, up to but not B; 0:0 is all")

struct scoring {
    struct model *model;
    struct scorer *scorer;
    uint32_t begin, end; /* rounds */
    char iterations[32]; /* they, as "A:B" */
    char source_sha256[SHA256_HEX];
};

/*
 * Read a model file that nobody vouches for; errors name it. sha256 (may be
 * NULL): of the file.
 */
MUST_USE enum rc scoring_load(struct model **out, const char *path,
                              char sha256[SHA256_HEX], struct err *e);

/*
 * Before any thread is started, as an untrusted model is tried in a child.
 * RC_IO, RC_REFUSED, RC_INVAL. scoring_fini in any case.
 */
MUST_USE enum rc scoring_init(struct scoring *s, const char *path,
                              const char *iterations,
                              enum scorer_predict predict, struct err *e);

/* The same of bytes out of Redis, whose SHA-256 is known to be right. */
MUST_USE enum rc scoring_of_bytes(struct scoring *s, struct str bytes,
                                  const char *iterations, struct err *e);
void scoring_fini(struct scoring *s);

/* *out is NULL when the model has no names. */
MUST_USE enum rc scoring_schema(const struct scoring *s, struct schema **out,
                                struct err *e);
