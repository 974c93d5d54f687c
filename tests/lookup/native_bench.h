/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_bench - the native dialect on a bench.
 */
#include "lookup/api/native.h"
#include "tests/lookup/dialect_bench.h"

static inline void
begin(struct bench *b, struct lookup_policy policy)
{
    begin_dialect(b, policy, native_handle, DIALECT_NATIVE);
}
