/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_cells - the elements of an output: n rows of `width` numbers or texts.
 */
#include "lookup/api/oip_request.h"
#include "lookup/core/batch.h"
#include "lookup/core/rows.h"

/* Predictions of users or of rows. */
struct oip_result {
    const struct table_view *view;
    const struct generation *gen;
    const struct batch *batch; /* NULL: rows */
    const struct rows *rows;
    size_t n;
};

/* BYTES, or else FP32? */
bool oip_output_is_text(enum oip_output what);

/* Has a table of that kind the output? */
bool oip_output_exists(const struct generation *gen, enum oip_output what);

/* Elements a row. */
size_t oip_output_width(const struct generation *gen, enum oip_output what);

/*
 * Append all elements, as JSON with commas or as binary. False: one is an id
 * that cannot be said in JSON; out is then not whole.
 */
bool oip_cells_put(struct buf *out, const struct oip_result *result,
                   enum oip_output what, bool binary);
