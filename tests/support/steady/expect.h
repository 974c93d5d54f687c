/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * expect - the users to ask for, and what each generation says of them.
 * Files are csv with a header: user id, and for a generation the prediction.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "tests/support/steady/answer.h"

#include <stddef.h>

enum verdict {
    VERDICT_OK,
    VERDICT_STATUS,     /* neither 200 nor a 404 that can be right */
    VERDICT_MALFORMED,  /* 200 with no JSON object */
    VERDICT_MISSING,    /* 404 of a user that every generation has */
    VERDICT_MISMATCHED, /* another user, or not what its generation says */
};

struct expect;

/* The users are the first column of the file at path. */
MUST_USE enum rc expect_create(struct expect **out, const char *path,
                               struct err *e);

void expect_destroy(struct expect **x);

/* "3=FILE": what generation 3 says. Users of whom it is silent are unknown
   to it; users that only it has are not asked for. */
MUST_USE enum rc expect_add(struct expect *x, const char *spec, struct err *e);

size_t expect_count(const struct expect *x);
struct str expect_user(const struct expect *x, size_t i);

/* Judge the answer about user i; p->generation is 0 if it predicts nothing. */
enum verdict expect_judge(const struct expect *x, size_t i,
                          const struct answer *a, struct prediction *p);
