/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * catalogue - the items a ranking chooses from: their ids and the features
 * that do not depend on the user. Immutable.
 *
 * As stored (common/README.md), little-endian: u32 n, u32 f, n x (u16 length,
 * id bytes), then f columns of n float32 each. The columns are the model's
 * features that are not in the generation's schema (the user's), in the
 * model's order.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/schema.h"

#include <stddef.h>
#include <stdint.h>

struct catalogue;

/* From the stored bytes, which are copied. RC_INVAL: they are not whole. */
MUST_USE enum rc catalogue_from_bytes(struct catalogue **out, struct str bytes,
                                      struct err *e);

/*
 * From a CSV file with a header: the id column (NULL: the first of item_id,
 * id), every other column a feature of the model. *features gets their names,
 * in the order of the model, which `model` gives. RC_REFUSED: a column the
 * model does not know, a bad row (its line named), an id that is there twice
 * or longer than 512 bytes, no item at all.
 */
MUST_USE enum rc catalogue_read_csv(struct catalogue **out, const char *path,
                                    const char *id_column,
                                    const struct schema *model,
                                    struct schema **features, struct err *e);

/*
 * Of n ids, each of at most 65,535 bytes, which are copied. *value is where f
 * columns of n floats are to be filled in (f may be 0: ids alone, for
 * candidates given row by row).
 */
MUST_USE enum rc catalogue_create(struct catalogue **out, const struct str *id,
                                  uint32_t n, uint32_t f, float **value,
                                  struct err *e);

/* Append the stored form. */
void catalogue_to_bytes(const struct catalogue *c, struct buf *out);

/* Frees and nulls; NULL is fine. */
void catalogue_destroy(struct catalogue **c);

/* Items, and floats of each. */
uint32_t catalogue_size(const struct catalogue *c);
uint32_t catalogue_features(const struct catalogue *c);

/* item < catalogue_size(c); valid as long as c. */
struct str catalogue_id(const struct catalogue *c, uint32_t item);

/* Column j: a float per item. */
const float *catalogue_column(const struct catalogue *c, uint32_t j);
