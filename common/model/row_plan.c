/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/number_many.h"
#include "common/model/row_match.h"

#include <stdlib.h>

static enum rc
room_for_cells(struct row_plan *p, size_t n, struct err *e)
{
    p->ncell = n;
    p->feature = calloc(n, sizeof(*p->feature));
    return p->feature == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

static enum rc
plan_by_name(struct row_plan *p, const struct row_spec *spec, struct str first,
             struct err *e)
{
    enum rc rc = csv_header_create(&p->header, first, p->delimiter, e);

    if (rc == RC_OK) {
        rc = row_ids_by_name(&p->ids, p->header, spec, spec->schema, e);
    }
    if (rc == RC_OK) {
        rc = room_for_cells(p, csv_header_size(p->header), e);
    }
    p->nfilled = p->nfeature;
    return rc == RC_OK ? row_match_names(p, e) : rc;
}

static enum rc
plan_by_position(struct row_plan *p, const struct row_spec *spec,
                 struct str first, struct err *e)
{
    size_t ncell = csv_count(first, p->delimiter);
    int32_t feature = 0;
    enum rc rc = row_ids_by_number(&p->ids, spec, ncell, e);

    if (rc == RC_OK) {
        rc = room_for_cells(p, ncell, e);
    }
    for (size_t i = 0; rc == RC_OK && i < ncell; i++) {
        bool id = i == p->ids.user || i == p->ids.item;

        p->feature[i] = id ? -1 : feature++;
    }
    p->nfilled = (size_t)feature;
    if (rc == RC_OK && p->nfilled > p->nfeature) {
        rc = err_set(e, RC_REFUSED,
                     "%d columns of features and no header, the model has %zu "
                     "features; is one of them the id (--id-column N)?",
                     feature, p->nfeature);
    }
    return rc;
}

/* The usual ids, unless they are features. */
static void
plan_json_id(struct row_plan *p, const struct row_spec *spec)
{
    if (spec->item_column != NULL) {
        p->item_name = str_of(spec->item_column);
    }
    if (spec->id_column != NULL) {
        p->id_name[0] = str_of(spec->id_column);
        return;
    }
    for (size_t i = 0; i < ROW_USUAL_IDS; i++) {
        if (schema_find(spec->schema, row_usual_id(i)) < 0) {
            p->id_name[i] = row_usual_id(i);
        }
    }
}

enum rc
row_plan_create(struct row_plan **out, const struct row_spec *spec,
                struct str first, struct err *e)
{
    struct row_plan *p = calloc(1, sizeof(*p));
    enum rc rc = RC_OK;

    if (p == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    *p = (struct row_plan){
        .format = spec->format,
        .schema = spec->schema,
        .nfeature = schema_size(spec->schema),
        .need_id = spec->need_id,
        .ignore_extra = spec->ignore_extra,
        .delimiter = spec->delimiter,
        .python_cells = spec->python_cells,
        .avx512 = number_many_has_avx512(),
        .base = spec->base,
        .label = spec->label,
        .label_is_id = spec->need_id || spec->id_column != NULL,
    };
    if (spec->format == ROW_CSV) {
        rc = spec->header ? plan_by_name(p, spec, first, e)
                          : plan_by_position(p, spec, first, e);
    } else if (spec->format == ROW_JSONL) {
        plan_json_id(p, spec);
    }
    if (rc != RC_OK) {
        row_plan_destroy(&p);
        return rc;
    }
    *out = p;
    return RC_OK;
}

void
row_plan_destroy(struct row_plan **p)
{
    struct row_plan *old = *p;

    *p = NULL;
    if (old != NULL) {
        csv_header_destroy(&old->header);
        free(old->feature);
        free(old);
    }
}

size_t
row_plan_cells(const struct row_plan *p)
{
    return p->ncell;
}
