/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * batch_queue - batches that have users left to ask for, and when they may: so
 * that many large ones hold up neither each other nor who asks for one user.
 *
 * Of a turn of the loop they get a share of users. The store is asked for a
 * bounded number of their users at one time, which leaves room in it for
 * others. Short batches are asked before long ones, else who came first is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct batch;
struct lookup;
struct query;

TAILQ_HEAD(batch_list, batch);

struct batch_queue {
    struct {
        struct batch_list list;
        size_t asked; /* users in this turn */
    } kind[2];        /* short, long */
    size_t places;    /* taken, of those that the store is asked in */
    bool has_more;    /* a share was used up, and not all are asked */
};

void batch_queue_init(struct batch_queue *q);

/* b has users left to ask for. */
void batch_queue_push(struct batch_queue *q, struct batch *b);

/* Ask for what may be asked now; true: there was some. */
bool batch_queue_feed(struct lookup *l);

/* The next share is for the next turn. */
void batch_queue_end_turn(struct batch_queue *q);

/* Nobody waits to be asked. */
bool batch_queue_is_empty(const struct batch_queue *q);

/* Fail all that was not asked, for good. */
void batch_queue_fail(struct batch_queue *q);

/* q, of a batch, may ask the store from now on, until it gives the place. */
void batch_queue_take_place(struct query *q);

/* q asks the store no more. It may have no place. */
void batch_queue_give_place(struct query *q);
