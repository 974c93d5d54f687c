/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_json - scored rows as JSON Lines.
 */
#include "batchgen/sink_file.h"

/*
 * Append an object for each row. Members are `id`, `input` (the row as text)
 * and `prediction`: a number, a list of several, null for a bad row and for
 * what is not finite. Text that is not UTF-8 becomes `id_b64`, `input_b64`.
 * Where rows are objects themselves (and not bad), `prediction` is added to
 * the row instead, in the place of one it had.
 */
void sink_json_rows(const struct sink_line *line, const struct sink_rows *rows,
                    struct buf *out);
