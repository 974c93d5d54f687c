/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_text - scored rows as lines of text.
 */
#include "batchgen/sink_file.h"

/*
 * Append a line for each row. A bad row has nan for each of its outputs.
 * Outputs are as number_format_f32 prints them; leaves as whole numbers;
 * sagemaker: as Python prints the float32 widened to double, several ones as
 * a list. An id is quoted where CSV needs it, and so is a row that is not CSV.
 */
void sink_text_rows(const struct sink_line *line, const struct sink_rows *rows,
                    struct buf *out);
