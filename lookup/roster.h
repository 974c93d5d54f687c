/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * roster - the tables a loader follows, by name, each with an id that no other
 * has. The id of a table that was dropped goes to another one, after all that
 * have not been used for longer, and not before workers know of the drop.
 */
#include "lookup/followed.h"

struct roster {
    struct followed *table[TABLES_MAX]; /* by name */
    size_t n;
    /* A ring: ids to be given, from `first` on, then those given back. */
    uint16_t id[TABLES_MAX];
    size_t first, free, back;
};

void roster_init(struct roster *r);

/* Let every table go. */
void roster_fini(struct roster *r);

struct followed *roster_find(const struct roster *r, const char *name);

/* NULL: there are too many, or out of memory. */
struct followed *roster_add(struct roster *r, const char *name);

/* Its generations are let go; its id is back, but not free yet. */
void roster_drop(struct roster *r, struct followed *f);

/* Everybody was told of what was dropped: ids that are back are free. */
void roster_settle(struct roster *r);
