/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * users - the ids of those that a batch is to be made for. Immutable once
 * read; any thread may ask.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct users;

/* A file with an id on each line. RC_IO; RC_REFUSED: there is none in it. */
MUST_USE enum rc users_read(struct users **out, const char *path,
                            struct err *e);

/* Frees and nulls; NULL is fine. */
void users_destroy(struct users **u);

/* Constant time. */
bool users_has(const struct users *u, struct str id);
