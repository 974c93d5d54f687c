/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_none - the store of a server that has none: nothing is ever asked of
 * it by the ladder, and what asks all the same gets RC_UNAVAIL.
 */
#include "lookup/store/store.h"

/* NULL when out of memory. */
struct store *store_none_create(void);
