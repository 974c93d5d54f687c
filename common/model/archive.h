/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * archive - SageMaker's model.tar.gz: undo gzip, find the one model in a tar.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

/*
 * Inflate into out, which the caller fini's in any case. A file that grows out
 * of all proportion is RC_REFUSED before it fills the memory.
 */
MUST_USE enum rc archive_gunzip(struct str bytes, struct buf *out,
                                struct err *e);

/*
 * The file to load, a view of tar: files whose name begins with a dot do not
 * count, and just one that could be a model must be left. RC_REFUSED says
 * what else is in it.
 */
MUST_USE enum rc archive_find_model(struct str tar, struct str *model,
                                    struct err *e);
