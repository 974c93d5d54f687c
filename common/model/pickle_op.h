/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pickle_op - a pickle as a row of opcodes and what follows each.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct pickle_op {
    unsigned char code;
    /* Its bytes or text, without its length; of GLOBAL the module, a line end
       and the name. A view of the pickle. */
    struct str operand;
};

/* Take the next one off rest; false: unknown, cut off, or nothing is left. */
bool pickle_op_take(struct str *rest, struct pickle_op *op);

/* A little-endian operand; of longer ones the lowest eight bytes. */
uint64_t pickle_op_number(struct str operand);
