/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/batch.h"

#include "common/base/check.h"
#include "lookup/core/batch_impl.h"
#include "lookup/core/lookup_impl.h"

#include <stdlib.h>

/*
 * All queries are begun from one list of tables, held until the end: that is
 * what makes one generation a table.
 *
 *   0 ... answered (any order) ... begun ... n
 *
 * When the next one is begun, batch_queue.c says.
 */

/* A table that is published this often within one deadline is not well. */
#define MOVES_MAX 8

/* A float or an item: what predictions are made of. */
#define PART_BYTES                                                             \
    (sizeof(struct record_item) > sizeof(float) ? sizeof(struct record_item)   \
                                                : sizeof(float))

struct batch *
batch_create(struct lookup *l, const struct batch_setup *setup, size_t n)
{
    struct batch *b;

    CHECK(n >= 1 && n <= BATCH_MAX && lookup_tables(l) != NULL);
    b = calloc(1, sizeof(*b) + n * sizeof(b->key[0]));
    if (b != NULL) {
        b->lookup = l;
        b->setup = *setup;
        b->max = n;
        b->tables = lookup_hold_tables(l);
        buf_init(&b->ids, n * USER_MAX);
    }
    return b;
}

enum rc
batch_add(struct batch *b, const struct table_view *view, struct str user)
{
    struct batch_key *key = &b->key[b->n];

    CHECK(b->n < b->max && view->live != NULL);
    if (!keyspace_user_ok(user)) {
        return RC_INVAL;
    }
    *key = (struct batch_key){
        .batch = b, .view = view, .at = b->ids.len, .len = (uint16_t)user.len};
    buf_str(&b->ids, user);
    b->n++;
    return buf_failed(&b->ids) ? RC_NOMEM : RC_OK;
}

void
batch_destroy(struct batch **out)
{
    struct batch *b = *out;

    if (b != NULL) {
        tables_release(&b->tables);
        buf_fini(&b->ids);
        free(b->room);
        free(b);
        *out = NULL;
    }
}

/* Room for a prediction of any of the tables asked. */
static void
make_room(struct batch *b)
{
    size_t most = 1;

    for (size_t i = 0; i < b->n; i++) {
        const struct table_view *view = b->key[i].view;
        size_t room = view == NULL || view->live == NULL
                          ? 0
                          : generation_room(view->live);

        most = room > most ? room : most;
    }
    free(b->room);
    b->room_bytes = most * PART_BYTES;
    b->room = malloc(b->n * b->room_bytes); /* without, ask() fails */
}

static void
keep_prediction(struct batch_key *key, const struct prediction *p)
{
    struct batch *b = key->batch;
    char *room = b->room + (size_t)(key - b->key) * b->room_bytes;
    bool ranks = key->answer.gen->info.kind == TABLE_RANKING;

    key->prediction = (struct prediction){.n = p->n};
    if (ranks) {
        memcpy(room, p->item, p->n * sizeof(p->item[0]));
        key->prediction.item = (struct record_item *)(void *)room;
    } else {
        memcpy(room, p->y, p->n * sizeof(p->y[0]));
        key->prediction.y = (float *)(void *)room;
    }
    key->answer.prediction = &key->prediction;
}

/* Did a generation go away before all were answered? */
static bool
has_moved(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        if (b->key[i].answer.code == ANSWER_MOVED) {
            return true;
        }
    }
    return false;
}

/* All of it, of what is live now. */
static void
ask_again(struct batch *b)
{
    struct tables *now = lookup_hold_tables(b->lookup);

    for (size_t i = 0; i < b->n; i++) {
        const struct table_view *view = b->key[i].view;

        b->key[i].view =
            view == NULL ? NULL : tables_find(now, str_of(view->name));
    }
    tables_release(&b->tables);
    b->tables = now;
    b->moves++;
    batch_run(b);
}

static void
finish(struct batch *b)
{
    if (has_moved(b) && b->moves < MOVES_MAX) {
        ask_again(b);
        return;
    }
    for (size_t i = 0; i < b->n; i++) {
        struct answer *a = &b->key[i].answer;

        if (a->code == ANSWER_MOVED) {
            a->code = ANSWER_TABLE_UNAVAILABLE;
        }
        lookup_count(b->lookup, b->key[i].view, b->setup.dialect, a->outcome);
    }
    b->setup.done(b->setup.arg, b);
    batch_destroy(&b);
}

/* The last one ends the batch. */
static void
one_answered(struct batch *b)
{
    if (++b->answered == b->n) {
        finish(b);
    }
}

static void
fail_key(struct batch_key *key, enum answer_code code)
{
    key->answer = (struct answer){
        .outcome = OUTCOME_ERROR,
        .code = code,
        .gen = key->view == NULL ? NULL : key->view->live,
    };
    one_answered(key->batch);
}

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct batch_key *key = arg;

    (void)q;
    key->answer = *a;
    key->answer.gen = key->view->live;
    key->answer.record = (struct str){NULL, 0};
    key->answer.prediction = NULL;
    if (a->code == ANSWER_OK && !key->batch->setup.probe) {
        keep_prediction(key, a->prediction);
    }
    one_answered(key->batch);
}

static void
ask(struct batch *b, struct batch_key *key)
{
    struct query *q;

    if (b->room == NULL || key->view == NULL || key->view->live == NULL) {
        fail_key(key, ANSWER_TABLE_UNAVAILABLE);
        return;
    }
    q = lookup_begin(b->lookup, key->view);
    if (q == NULL) {
        fail_key(key, ANSWER_TABLE_UNAVAILABLE);
        return;
    }
    CHECK(query_set_user(q, batch_user(b, (size_t)(key - b->key))) == RC_OK);
    q->dialect = b->setup.dialect;
    q->deadline_ns = b->setup.deadline_ns;
    q->of_batch = true;
    q->probe = b->setup.probe;
    q->done = on_answer;
    q->arg = key;
    batch_queue_take_place(q);
    lookup_start(q);
}

void
batch_ask_next(struct batch *b)
{
    if (b->begun == 0) {
        make_room(b);
    }
    ask(b, &b->key[b->begun++]);
}

void
batch_fail_next(struct batch *b)
{
    fail_key(&b->key[b->begun++], ANSWER_TABLE_UNAVAILABLE);
}

void
batch_run(struct batch *b)
{
    CHECK(b->n >= 1);
    b->begun = b->answered = 0;
    batch_queue_push(&b->lookup->batches, b);
}

size_t
batch_size(const struct batch *b)
{
    return b->n;
}

struct str
batch_user(const struct batch *b, size_t i)
{
    return (struct str){b->ids.p + b->key[i].at, b->key[i].len};
}

const struct table_view *
batch_view(const struct batch *b, size_t i)
{
    return b->key[i].view;
}

const struct answer *
batch_answer(const struct batch *b, size_t i)
{
    return &b->key[i].answer;
}

struct about
batch_about(const struct batch *b)
{
    const struct batch_key *first = &b->key[0];
    struct about about = {
        .table_id = first->view == NULL ? 0 : first->view->id,
        .source = (uint8_t)(1 + first->answer.outcome),
    };

    for (size_t i = 1; i < b->n; i++) {
        if (b->key[i].view != first->view) {
            about.table_id = 0;
        }
        if (b->key[i].answer.outcome != first->answer.outcome) {
            about.source = 0;
        }
    }
    return about;
}
