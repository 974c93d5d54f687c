/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * item_index - item ids numbered in the order they first appeared.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/model/catalogue.h"

#include <stdint.h>

struct item_index;

/* NULL when out of memory. */
struct item_index *item_index_create(void);

/* Frees and nulls; NULL is fine. */
void item_index_destroy(struct item_index **x);

/* The number of an id, a new one if need be; hash is hash_key(id). */
MUST_USE enum rc item_index_number(struct item_index *x, uint64_t hash,
                                   struct str id, uint32_t *number);

uint32_t item_index_count(const struct item_index *x);

/* All ids by number, without features. */
MUST_USE enum rc item_index_catalogue(const struct item_index *x,
                                      struct catalogue **out, struct err *e);
