/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_redis - a Redis that was told what to say, in place of redis.c. What
 * it is asked is kept as text, a line a command.
 *
 * An answer is the first that was not given yet whose command is how the line
 * asked begins (the line end may be part of it), else the last of those. It is
 * "-reason" (refused), "!" (the connection is lost), a text, or items with "|"
 * between them, of a SCAN the cursor first; NULL is nil. What no answer is for
 * is done.
 */
#include "batchgen/redis.h"
#include "common/base/check.h"
#include "common/base/number.h"

#define FAKE_ANSWERS 16

struct fake_answer {
    const char *command;
    const char *says;
};

struct redis {
    const struct fake_answer *answer;
    size_t nanswer;
    bool given[FAKE_ANSWERS];
    struct buf asked;
    size_t begun; /* where in asked the last command begins */
    uint64_t sum; /* of what was pushed */
    bool lost;
    bool locked_out; /* it no longer takes our password */
    unsigned reopened;
};

/* Who is met where a connection is opened. */
static struct redis *fake_redis_listening;

static inline void
fake_redis_init(struct redis *r, const struct fake_answer *answer, size_t n)
{
    CHECK(n <= FAKE_ANSWERS);
    *r = (struct redis){.answer = answer, .nanswer = n};
    buf_init(&r->asked, 1 << 20);
    fake_redis_listening = r;
}
#define FAKE_REDIS(r, answer)                                                  \
    fake_redis_init((r), (answer), sizeof(answer) / sizeof((answer)[0]))

static inline void
fake_redis_fini(struct redis *r)
{
    buf_fini(&r->asked);
}

/* All that was asked, as one text. */
static inline const char *
fake_redis_asked(struct redis *r)
{
    buf_char(&r->asked, '\0');
    r->asked.len--;
    CHECK(!buf_failed(&r->asked));
    return r->asked.p;
}

/* How many commands began like this. */
static inline size_t
fake_redis_count(struct redis *r, const char *command)
{
    struct str rest = buf_view(&r->asked);
    size_t n = 0;

    while (rest.p != NULL) {
        n += str_starts(str_cut(&rest, '\n'), str_of(command));
    }
    return n;
}

/* The answer to the last command; "" where there is none for it. */
static inline const char *
fake_redis_answer(struct redis *r)
{
    size_t found = r->nanswer;
    struct str asked;

    buf_char(&r->asked, '\n');
    asked = (struct str){r->asked.p + r->begun, r->asked.len - r->begun};
    for (size_t i = 0; i < r->nanswer; i++) {
        if (str_starts(asked, str_of(r->answer[i].command))) {
            found = i;
            if (!r->given[i]) {
                break;
            }
        }
    }
    if (found == r->nanswer) {
        return "";
    }
    r->given[found] = true;
    return r->answer[found].says;
}

/* *says: what is not a failure. */
static inline enum rc
fake_redis_meet(struct redis *r, const char **says, struct err *e)
{
    *says = fake_redis_answer(r);
    r->lost = r->lost || (*says != NULL && (*says)[0] == '!');
    if (r->lost) {
        return err_set(e, RC_UNAVAIL, "Redis went away");
    }
    return *says != NULL && (*says)[0] == '-'
               ? err_set(e, RC_FAILED, "%s", *says + 1)
               : RC_OK;
}

enum rc
redis_open(struct redis **out, const struct topology *t, struct err *e)
{
    (void)t, (void)e;
    *out = fake_redis_listening;
    return RC_OK;
}

void
redis_close(struct redis **r)
{
    *r = NULL;
}

bool
redis_is_lost(const struct redis *r)
{
    return r->lost;
}

bool
redis_may_return(const struct redis *r)
{
    return r->lost && !r->locked_out;
}

/* It is there again when "reopen" is answered with nothing. */
enum rc
redis_reopen(struct redis *r, struct err *e)
{
    const char *says;

    r->lost = false;
    r->reopened++;
    REDIS_WORDS(r, STR("reopen"));
    return fake_redis_meet(r, &says, e);
}

const struct topology *
redis_topology(const struct redis *r)
{
    (void)r;
    return NULL;
}

void
redis_begin(struct redis *r, size_t nword)
{
    (void)nword;
    r->begun = r->asked.len;
}

void
redis_word(struct redis *r, struct str word)
{
    if (r->asked.len > r->begun) {
        buf_char(&r->asked, ' ');
    }
    buf_str(&r->asked, word);
}

void
redis_number(struct redis *r, uint64_t n)
{
    char text[20];

    redis_word(r, (struct str){text, number_format_u64(n, text)});
}

void
redis_words(struct redis *r, const struct str *word, size_t nword)
{
    redis_begin(r, nword);
    for (size_t i = 0; i < nword; i++) {
        redis_word(r, word[i]);
    }
}

enum rc
redis_push(struct redis *r, struct err *e)
{
    uint64_t n = 0;
    const char *says;
    enum rc rc = fake_redis_meet(r, &says, e);

    if (rc == RC_OK && says != NULL && number_parse_u64(str_of(says), &n)) {
        r->sum += n;
    }
    return rc;
}

enum rc
redis_drain(struct redis *r, uint64_t *sum, struct err *e)
{
    if (sum != NULL) {
        *sum = r->sum;
    }
    r->sum = 0;
    return r->lost ? err_set(e, RC_UNAVAIL, "Redis went away") : RC_OK;
}

enum rc
redis_ask(struct redis *r, struct err *e)
{
    const char *says;

    return fake_redis_meet(r, &says, e);
}

enum rc
redis_ask_text(struct redis *r, struct buf *out, bool *found, struct err *e)
{
    const char *says;
    enum rc rc = fake_redis_meet(r, &says, e);

    *found = rc == RC_OK && says != NULL;
    if (*found) {
        buf_c(out, says);
    }
    return rc;
}

static inline enum rc
fake_redis_each(struct str rest, redis_item_fn fn, void *arg, struct err *e)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && rest.len > 0) {
        rc = fn(arg, str_cut(&rest, '|'), e);
    }
    return rc;
}

enum rc
redis_ask_list(struct redis *r, redis_item_fn fn, void *arg, struct err *e)
{
    const char *says;
    enum rc rc = fake_redis_meet(r, &says, e);

    return rc == RC_OK ? fake_redis_each(str_of(says), fn, arg, e) : rc;
}

enum rc
redis_ask_hash(struct redis *r, redis_pair_fn fn, void *arg, struct err *e)
{
    const char *says;
    enum rc rc = fake_redis_meet(r, &says, e);
    struct str rest = rc == RC_OK ? str_of(says) : STR("");

    while (rc == RC_OK && rest.len > 0) {
        struct str field = str_cut(&rest, '|');

        rc = fn(arg, field, str_cut(&rest, '|'), e);
    }
    return rc;
}

enum rc
redis_ask_scan(struct redis *r, uint64_t *cursor, redis_item_fn fn, void *arg,
               struct err *e)
{
    const char *says;
    enum rc rc = fake_redis_meet(r, &says, e);
    struct str rest;

    if (rc != RC_OK) {
        return rc;
    }
    rest = str_of(says);
    CHECK(number_parse_u64(str_cut(&rest, '|'), cursor));
    return fake_redis_each(rest, fn, arg, e);
}
