/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answer - the ways a query ends. Each counts the outcome, calls the query's
 * done once and gives the query back: it is dead then.
 */
#include "lookup/core/query.h"

/* q->prediction; record: as stored if precomputed, else empty. */
void answer_prediction(struct query *q, enum outcome outcome,
                       struct str record);

void answer_error(struct query *q, enum answer_code code);

/* The store did not answer, which is not absence: an error, or --on-failure. */
void answer_silence(struct query *q);

/* Proven absent: unknown, or --on-unknown. */
void answer_absent(struct query *q);

/* A record or row is not of its length. */
void answer_bad_record(struct query *q);
