/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_store - a store that writes down what it is asked, refuses what it is
 * told to refuse, and answers when the test says so.
 */
#include "common/base/check.h"
#include "common/table/keyspace.h"
#include "lookup/store/store.h"

#include <stdio.h>

#define FAKE_READS 512

struct fake_read {
    char key[KEY_MAX];
    char field[USER_MAX + 1];
    struct str asked; /* the field, p == NULL for EXISTS */
    uint64_t deadline_ns;
    store_done_fn done; /* NULL: answered */
    void *arg;
};

struct fake_store {
    struct store base;
    struct fake_read read[FAKE_READS];
    size_t n;
    enum rc refuse[FAKE_READS]; /* by the count of calls so far */
    size_t calls;
};

static inline enum rc
fake_store_note(struct fake_store *s, struct store_read r)
{
    enum rc rc = s->refuse[s->calls++];
    struct fake_read *to = &s->read[s->n];

    CHECK(s->calls < FAKE_READS);
    if (rc != RC_OK) {
        return rc;
    }
    s->n++;
    CHECK(str_copy(r.key, to->key, sizeof(to->key)));
    if (r.field.len > 0) {
        memcpy(to->field, r.field.p, r.field.len);
    }
    to->asked = (struct str){r.field.p == NULL ? NULL : to->field, r.field.len};
    to->deadline_ns = r.deadline_ns;
    to->done = r.done;
    to->arg = r.arg;
    return RC_OK;
}

static enum rc
fake_store_read(struct store *base, const struct store_read *r)
{
    return fake_store_note((struct fake_store *)base, *r);
}

/* EVAL script 1 key argument...: noted by its key and first argument. */
static enum rc
fake_store_command(struct store *base, const struct store_command *c)
{
    CHECK(c->nword > 4 && str_eq(c->word[0], STR("EVAL")));
    return fake_store_note((struct fake_store *)base,
                           (struct store_read){.key = c->word[3],
                                               .field = c->word[4],
                                               .deadline_ns = c->deadline_ns,
                                               .done = c->done,
                                               .arg = c->arg});
}

static void
fake_store_flush(struct store *base)
{
    (void)base;
}

static void
fake_store_move(struct store *base, const char *address)
{
    (void)base, (void)address;
}

static const struct store_ops fake_store_ops = {
    .name = "fake",
    .read = fake_store_read,
    .command = fake_store_command,
    .flush = fake_store_flush,
    .move = fake_store_move,
    .destroy = fake_store_flush,
};

static inline void
fake_store_init(struct fake_store *s)
{
    memset(s, 0, sizeof(*s));
    s->base.ops = &fake_store_ops;
}

static inline void
fake_store_answer(struct fake_store *s, size_t i, struct store_reply reply)
{
    store_done_fn done = s->read[i].done;

    CHECK(i < s->n && done != NULL);
    s->read[i].done = NULL;
    done(s->read[i].arg, &reply);
}

static inline void
fake_store_bytes(struct fake_store *s, size_t i, struct str bytes)
{
    fake_store_answer(
        s, i, (struct store_reply){.kind = STORE_BYTES, .bytes = bytes});
}

static inline void
fake_store_integer(struct fake_store *s, size_t i, int64_t n)
{
    fake_store_answer(
        s, i, (struct store_reply){.kind = STORE_INTEGER, .integer = n});
}

static inline void
fake_store_nil(struct fake_store *s, size_t i)
{
    fake_store_answer(s, i, (struct store_reply){.kind = STORE_NIL});
}

static inline void
fake_store_silence(struct fake_store *s, size_t i, enum rc rc)
{
    fake_store_answer(s, i, (struct store_reply){.rc = rc});
}
