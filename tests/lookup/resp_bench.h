/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_bench - RESP commands on a ladder whose store is the test, one at a
 * time, and what was answered.
 */
#include "lookup/api/resp_commands.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct resp_bench {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct resp_commands *resp;
    struct session session;
    struct command c;
    struct buf out;
    unsigned finished;
    int status;
};

static inline struct resp_bench *
resp_bench_of(struct command *c)
{
    return (struct resp_bench *)((char *)c - offsetof(struct resp_bench, c));
}

static inline struct buf *
resp_bench_out(struct command *c)
{
    return &resp_bench_of(c)->out;
}

static inline void
resp_bench_finish(struct command *c, int status)
{
    struct resp_bench *b = resp_bench_of(c);

    b->finished++;
    b->status = status;
}

static inline void
resp_bench_begin(struct resp_bench *b)
{
    ladder_begin(&b->ladder, (struct lookup_policy){.timeout_ns = 1000});
    b->resp = resp_commands_create(b->ladder.lookup, NULL);
    assert_non_null(b->resp);
    b->session = (struct session){.id = 7};
    buf_init(&b->out, 1024 * 1024);
}

/* asked: users and keys that were counted, each once. */
static inline void
resp_bench_end(struct resp_bench *b, uint64_t asked)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][DIALECT_RESP][i]);
        sum += counter_get(&s->answers[1][DIALECT_RESP][i]);
    }
    assert_int_equal(sum, asked);
    assert_int_equal(lookup_busy(b->ladder.lookup), 0);
    buf_fini(&b->out);
    resp_commands_destroy(&b->resp);
    lookup_destroy(&b->ladder.lookup);
    sample_bury(&b->ladder.sample);
}

/* Words separated by one blank. */
static inline void
resp_bench_say(struct resp_bench *b, const char *text)
{
    struct str arg[16], rest = str_of(text);
    struct command_line line = {.arg = arg, .session = &b->session};

    while (rest.p != NULL) {
        arg[line.narg++] = str_cut(&rest, ' ');
    }
    b->c = (struct command){.answer = resp_bench_out,
                            .finish = resp_bench_finish,
                            .resp3 = b->session.resp3};
    b->finished = 0;
    buf_clear(&b->out);
    resp_commands_handle(b->resp, &b->c, &line);
    (void)lookup_flush(b->ladder.lookup);
}

static inline void
resp_bench_expect(struct resp_bench *b, const char *text)
{
    assert_int_equal(b->finished, 1);
    if (!str_eq(buf_view(&b->out), str_of(text))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(buf_view(&b->out)), text);
    }
}

/* Commands, and what each is answered; an error is status 400. */
static inline void
resp_bench_check(struct resp_bench *b, const char *const cases[][2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        resp_bench_say(b, cases[i][0]);
        resp_bench_expect(b, cases[i][1]);
        assert_int_equal(b->status, cases[i][1][0] == '-' ? 400 : 200);
    }
}

/* What is said of a record of ladder_answer_half(). */
#define RESP_BENCH_ANSWER(user)                                                \
    "{\"table\":\"t\",\"user\":\"" user "\",\"source\":\"precomputed\","       \
    "\"generation\":1,\"as_of\":\"2026-11-22T02:00:00Z\",\"prediction\":0.5}"

static inline int
resp_bench_set_up(void **state)
{
    struct resp_bench *b = calloc(1, sizeof(*b));

    CHECK(b != NULL);
    sample_init(&b->ladder.sample, 1);
    *state = b;
    return 0;
}
