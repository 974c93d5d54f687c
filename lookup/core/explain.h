/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * explain - one user's answer and all that it could be made of: the ladder is
 * gone down as for anybody, with a trace; then the record and the feature row
 * are read whatever it answered, and the row is scored with contributions, on
 * the scoring threads.
 *
 *   ladder -> record, row -> score, contributions -> done
 */
#include "lookup/core/contributions.h"
#include "lookup/core/lookup.h"
#include "lookup/core/trace.h"

enum explain_found {
    EXPLAIN_NONE,   /* there is none */
    EXPLAIN_THERE,  /* read */
    EXPLAIN_BAD,    /* not of its length */
    EXPLAIN_SILENT, /* the store did not answer */
};

struct explain;

/* e is valid until it returns. */
typedef void (*explain_done_fn)(void *arg, const struct explain *e);

struct explain {
    struct query q;       /* its x: the stored row; prediction: the record */
    struct answer answer; /* the ladder's; a live one's prediction is `live` */
    bool superseded;      /* the user is, for the generation answered from */
    struct trace trace;
    uint64_t answered_ns; /* when the ladder's last rung ended */
    enum explain_found record;
    enum explain_found row;
    uint64_t row_updated_us;
    enum answer_code live_code; /* ANSWER_OK: live is the row's prediction */
    struct prediction live;
    uint64_t live_ns;                   /* what both took, waiting included */
    struct contributions contributions; /* ... and these are live's */

    unsigned waiting; /* replies yet to come, and one while asking */
    explain_done_fn done;
    void *arg;
};

struct explain_setup {
    struct str user;
    size_t k; /* items wanted of a ranking */
    uint64_t deadline_ns;
    explain_done_fn done;
    void *arg;
};

/*
 * Explain a user of a view with a live generation. RC_OK: done is called
 * once, possibly before this returns, and the ladder's answer is counted under
 * DIALECT_ADMIN. RC_INVAL: no user id; RC_NOMEM.
 */
MUST_USE enum rc explain_run(struct lookup *l, const struct table_view *view,
                             const struct explain_setup *setup);
