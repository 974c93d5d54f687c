/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * second_look - nil is believed only on a second look: the manifest's seq and
 * the record's bucket, sent together with the read of the feature row. What
 * was found is in q->look.
 */
#include "lookup/core/query.h"

/*
 * done is called once, perhaps before this returns. proven: by a snapshot,
 * which needs no look at the bucket; but that the row is not there is believed
 * of a store that holds the table.
 */
void second_look(struct query *q, bool proven, second_look_fn done);
