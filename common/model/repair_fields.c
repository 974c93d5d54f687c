/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/repair_fields.h"

static void
look_into_model(const struct doc *d, struct str model, struct repair_fields *f)
{
    struct doc_member in[] = {{.key = "trees"}, {.key = "iteration_indptr"}};
    struct doc_member param = {.key = "tree_param"};
    struct doc_member size = {.key = "size_leaf_vector"};
    struct str rest;
    struct str tree;

    if (!doc_members(d, model, in, 2)) {
        return;
    }
    f->indptr = in[1].value;
    if (doc_array(d, in[0].value, &rest) && doc_next(d, &rest, &tree) &&
        doc_members(d, tree, &param, 1) &&
        doc_members(d, param.value, &size, 1)) {
        f->leaf_size = size.value;
    }
}

static void
find_booster(const struct doc *d, struct str booster, struct repair_fields *f)
{
    struct doc_member in[] = {{.key = "name"},
                              {.key = "weight_drop"},
                              {.key = "model"},
                              {.key = "gbtree"}};
    struct doc_member inner = {.key = "model"};

    f->booster = booster;
    if (!doc_members(d, booster, in, 4)) {
        return;
    }
    f->name = in[0].value;
    f->weight_drop = in[1].value;
    if (in[2].value.p != NULL) {
        look_into_model(d, in[2].value, f);
    } else if (doc_members(d, in[3].value, &inner, 1)) {
        look_into_model(d, inner.value, f);
    }
}

enum rc
repair_fields_find(const struct doc *d, struct repair_fields *f, struct err *e)
{
    struct doc_member top[] = {{.key = "learner"}, {.key = "version"}};
    struct doc_member learner[] = {{.key = "learner_model_param"},
                                   {.key = "gradient_booster"}};
    struct doc_member score = {.key = "base_score"};
    struct str root;

    memset(f, 0, sizeof(*f));
    if (!doc_root(d, &root) || !doc_members(d, root, top, 2) ||
        !doc_members(d, top[0].value, learner, 2) ||
        !doc_members(d, learner[0].value, &score, 1)) {
        return err_set(e, RC_REFUSED,
                       "the model is damaged or cut off: it does not have the "
                       "parts of a learner; copy or save it again");
    }
    f->version = top[1].value;
    f->base_score = score.value;
    find_booster(d, learner[1].value, f);
    return RC_OK;
}
