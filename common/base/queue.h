/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * queue - a bounded first-in first-out queue of pointers between threads.
 * Pushing hands the thing over: the giver's pointer is dead.
 */
#include "common/base/rc.h"

#include <stddef.h>

struct queue;

/* Room for limit things, at least 1. NULL when out of memory. */
struct queue *queue_create(size_t limit);

/* The queue must be empty of things that own memory. Nulls *q. */
void queue_destroy(struct queue **q);

/* Waits while full. RC_CONFLICT: closed, the thing is still the caller's. */
MUST_USE enum rc queue_push(struct queue *q, void *thing);

/* Never waits. RC_FULL or RC_CONFLICT: the thing is still the caller's. */
MUST_USE enum rc queue_try_push(struct queue *q, void *thing);

/* Waits while empty; NULL once closed and empty. */
void *queue_pop(struct queue *q);

/* Never waits; NULL when empty. */
void *queue_try_pop(struct queue *q);

/* Waits at most until the absolute CLOCK_MONOTONIC deadline; NULL then. */
void *queue_pop_until(struct queue *q, unsigned long long deadline_ns);

/* No push from now on; poppers drain what is left, then get NULL. */
void queue_close(struct queue *q);
