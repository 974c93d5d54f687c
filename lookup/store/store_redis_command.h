/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_command - what is asked of a store, in Redis' own words.
 */
#include "common/base/buf.h"
#include "lookup/store/store.h"

/* Append the command to out. */
void redis_command_read(struct buf *out, const struct store_read *r);
void redis_command_words(struct buf *out, const struct store_command *c);
