/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * categories - do the category lists of a JSON or UBJSON model lie where its
 * trees say? libxgboost 1.7.4 reads them without a look while it loads.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>

/* RC_REFUSED: a list that is not all there. */
MUST_USE enum rc categories_check(struct str bytes, bool ubjson, struct err *e);
