/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_render - predictions as output tensors, tables as model metadata.
 */
#include "lookup/api/oip_cells.h"

/*
 * Append the answer to out: JSON of *json_bytes and, behind it, the outputs
 * wanted as binary. RC_INVAL fills fault: an output is not one of this table,
 * or is no text and JSON was asked for.
 */
MUST_USE enum rc oip_render_result(struct buf *out, size_t *json_bytes,
                                   const struct oip_request *r,
                                   const struct oip_result *result,
                                   struct oip_fault *fault);

/* Name, version, inputs and outputs of a table with a live generation. */
void oip_render_model(struct buf *out, const struct table_view *view);
