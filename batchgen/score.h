/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * score - the parts of `batchgen score`: what is found out before Redis is
 * touched (score_input.c), how rows become buckets (score_group.c), what lies
 * in Redis then (score_write.c), how it comes to be live (score_publish.c), and
 * the order of it all (score.c).
 */
#include "batchgen/gather.h"
#include "batchgen/intake.h"
#include "batchgen/publish.h"
#include "batchgen/ranked.h"
#include "batchgen/report.h"
#include "batchgen/retry.h"
#include "batchgen/scoring.h"
#include "batchgen/session.h"
#include "batchgen/sink_redis.h"
#include "batchgen/warm.h"

#define SCORE_OPTION(X)                                                        \
    SCORING_OPTION(X)                                                          \
    RANKED_OPTION(X)                                                           \
    X(with_features, FLAG, NULL, "", 0, 0,                                     \
      "store the rows too, for live scoring")                                  \
    X(append, UINT, "0", "", 0, 0,                                             \
      "add the rows to generation N, which is ready and was not published")    \
    X(no_publish, FLAG, NULL, "", 0, 0, "stop when the generation is ready")   \
    X(force, FLAG, NULL, "", 0, 0, "publish in spite of guards and eviction")  \
    X(wait, FLAG, NULL, "", 0, 0, "wait for another run on this table")        \
    X(dry_run, FLAG, NULL, "", 0, 0,                                           \
      "read and score, say what it would take, write nothing to Redis")        \
    RATE_OPTION(X)                                                             \
    WARM_OPTION(X)                                                             \
    RETRY_OPTION(X)                                                            \
    GATHER_OPTION(X)                                                           \
    SESSION_OPTION(X)

struct score_options {
    SCORE_OPTION(OPTION_FIELD)
};

struct score {
    const struct score_options *o;
    struct stop *stop;
    struct session session;
    struct progress progress;
    struct intake intake;
    struct scoring scoring;
    struct ranked ranked; /* top 0: there is no ranking */
    struct gather gather;
    struct rate rate;
    struct payload_limits limits; /* what Redis keeps as a listpack */
    struct publish publish;
    struct generation_info info;
    struct generation_info was; /* used with --append */
    struct report report;
};

/* Load the model and make it ready to score with. */
MUST_USE enum rc score_model(struct score *s, struct err *e);

/* Find the inputs and match their columns with the model's features. */
MUST_USE enum rc score_input(struct score *s, struct err *e);

/* Make what rows go through; from here on signals only ask for a stop. */
MUST_USE enum rc score_prepare(struct score *s, struct err *e);

/* The rows, grouped, as what is to be written of each: its record. */
struct sink_job score_job(struct score *s);

/* Group the rows into buckets, count them, estimate what they take. */
MUST_USE enum rc score_group(struct score *s, struct err *e);

/*
 * Group the rows, say of the generation what it is, write its buckets, and
 * the feature rows if they are asked for. May be taken again.
 */
MUST_USE enum rc score_write(struct score *s, struct err *e);

/* Find Redis, and out whether it is fit. */
MUST_USE enum rc score_connect(struct score *s, struct err *e);

/*
 * Take the table's lease and a number, or generation N of --append back. Like
 * all below it may be taken again.
 */
MUST_USE enum rc score_begin(struct score *s, struct err *e);

/* Count what was written and what it takes. */
MUST_USE enum rc score_verify(struct score *s, struct err *e);

/* The generation is whole: from here on a kill leaves it. */
MUST_USE enum rc score_ready(struct score *s, struct err *e);

/* Ask the guards, wait for the servers, move the manifest; if it is to be. */
MUST_USE enum rc score_publish(struct score *s, struct err *e);
