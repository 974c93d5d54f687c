/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_plan - where each cell of a row goes. Made by row_plan.c, followed by
 * row.c; nobody else looks inside.
 */
#include "common/model/csv.h"
#include "common/model/row.h"

#include <stdint.h>

struct row_plan {
    struct csv_header *header;
    size_t ncell;
    size_t id; /* which cell is the id */
    char delimiter;
    int32_t *feature; /* of each cell; -1: not a feature, the id */
};
