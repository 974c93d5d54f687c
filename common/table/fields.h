/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fields - the fields of a hash as bytes, to be kept in a file: for each a u16
 * and a u32, the lengths of its name and of its value, then both.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

/* Append one; it fits generation_info_each(), arg being the buf. */
void fields_put(void *buf, struct str name, struct str value);

/* Called for one after another; what is not RC_OK ends it and is returned. */
typedef enum rc (*fields_fn)(void *arg, struct str name, struct str value,
                             struct err *e);

/* RC_INVAL: bytes end within a field. */
MUST_USE enum rc fields_each(struct str bytes, fields_fn fn, void *arg,
                             struct err *e);
