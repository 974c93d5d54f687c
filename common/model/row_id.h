/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_id - which columns hold the ids: of the user, and of the item where a
 * row is a candidate.
 */
#include "common/base/rc.h"
#include "common/model/csv.h"
#include "common/model/row.h"

#define ROW_NO_ID_CELL SIZE_MAX

/* Columns from 0. */
struct row_ids {
    size_t user; /* or ROW_NO_ID_CELL */
    size_t item; /* likewise */
};

/* Members and columns that hold the user's id if no other is named. */
#define ROW_USUAL_IDS 2

/* The better one first; i < ROW_USUAL_IDS. */
struct str row_usual_id(size_t i);

/*
 * In a header: by name, else by number; by a usual name where no feature of
 * `schema` (NULL: there are none) has it. RC_REFUSED: what was asked for is
 * not there, or there is no id and spec needs one.
 */
MUST_USE enum rc row_ids_by_name(struct row_ids *ids,
                                 const struct csv_header *h,
                                 const struct row_spec *spec,
                                 const struct schema *schema, struct err *e);

/* Without a header: only a number, less than ncell, will do. RC_REFUSED. */
MUST_USE enum rc row_ids_by_number(struct row_ids *ids,
                                   const struct row_spec *spec, size_t ncell,
                                   struct err *e);
