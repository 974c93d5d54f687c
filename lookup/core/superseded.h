/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * superseded - the users of one table whose features changed after a batch
 * was cut, each with the stamp of the change. A worker has its own set; the
 * loader sends news to all.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* News of one table, shared by all workers: immutable, counted. */
struct superseded_news;

/* replace: what a set held before is void. The caller holds it. */
struct superseded_news *superseded_news_create(uint16_t table_id, bool replace);

/* Only before it is handed out. Copies the user. */
MUST_USE enum rc superseded_news_add(struct superseded_news *n, struct str user,
                                     uint64_t updated_us);

size_t superseded_news_size(const struct superseded_news *n);
uint16_t superseded_news_table(const struct superseded_news *n);

struct superseded_news *superseded_news_hold(struct superseded_news *n);

/* Nulls *n; the last holder frees it. NULL is fine. Any thread. */
void superseded_news_release(struct superseded_news **n);

struct superseded;

struct superseded *superseded_create(void);
void superseded_destroy(struct superseded **s);

/* RC_NOMEM: the set is as before. */
MUST_USE enum rc superseded_apply(struct superseded *s,
                                  const struct superseded_news *n);

/* When the user was superseded; 0: never. s may be NULL. */
uint64_t superseded_at(const struct superseded *s, struct str user);

size_t superseded_size(const struct superseded *s);
