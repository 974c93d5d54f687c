/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * named_csv - the usual input: CSV with a header, every row with an id.
 */
#include "common/model/row.h"

#define NAMED_CSV(schema_, id_column_)                                         \
    (&(struct row_spec){.schema = (schema_),                                   \
                        .need_id = true,                                       \
                        .id_column = (id_column_),                             \
                        .delimiter = ',',                                      \
                        .header = true})
