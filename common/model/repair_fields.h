/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * repair_fields - where a JSON or UBJSON model of any version keeps what
 * decides how libxgboost 1.7.4 reads it. For repair_document.c only.
 */
#include "common/base/rc.h"
#include "common/model/doc.h"

/* Views of the document; absent ones have p NULL. */
struct repair_fields {
    struct str version;
    struct str base_score;
    struct str booster; /* the object that names itself */
    struct str name;
    struct str weight_drop;
    struct str leaf_size; /* of the first tree */
    struct str indptr;    /* the tree each round begins with, >= 2.0 */
};

/* RC_REFUSED: it does not have the parts of a learner. */
MUST_USE enum rc repair_fields_find(const struct doc *d,
                                    struct repair_fields *f, struct err *e);
