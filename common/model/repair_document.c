/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON and UBJSON models of other versions. Known to differ in silence:
 *
 *   >= 3.1  base_score is a list in a string, "[8.74E0]": 1.7.4 reads 0.5
 *   >= 3.3  a dart booster calls itself gbtree and keeps weight_drop beside
 *           its model: 1.7.4 weighs every tree 1
 *   >= 2.0  rounds may differ in their number of trees (iteration_indptr)
 *   >= 2.0  vector leaves (multi_output_tree): one leaf has several values
 *   >= 4    not known here
 */
#include "common/model/doc.h"
#include "common/model/doc_edit.h"
#include "common/model/repair.h"
#include "common/model/repair_fields.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <stdio.h>

#define MAJOR_KNOWN 3

/* "[3,1,0]" becomes "3.1.0"; the major number is returned, 0 if unknown. */
static int64_t
read_version(const struct doc *d, struct str version, char *out, size_t cap)
{
    int64_t part[3] = {0, 0, 0};
    struct str rest;
    struct str item;

    snprintf(out, cap, "unknown");
    if (!doc_array(d, version, &rest)) {
        return 0;
    }
    for (int i = 0; i < 3; i++) {
        if (!doc_next(d, &rest, &item) || !doc_integer(d, item, &part[i]) ||
            part[i] < 0 || part[i] > 9999) {
            return 0;
        }
    }
    snprintf(out, cap, "%" PRId64 ".%" PRId64 ".%" PRId64, part[0], part[1],
             part[2]);
    return part[0];
}

/*
 * "[8.74E0]" gives 8.74E0. Of several values all must be the same: 1.7.4 has
 * one for all outputs.
 */
static bool
single_score(struct str list, struct str *score)
{
    struct str rest = {list.p + 1, list.len - 2};
    float first;
    float other;

    *score = str_trim(str_cut(&rest, ','));
    if (!number_parse_f32(*score, &first)) {
        return false;
    }
    while (rest.p != NULL) {
        if (!number_parse_f32(str_trim(str_cut(&rest, ',')), &other) ||
            memcmp(&first, &other, sizeof(first)) != 0) {
            return false;
        }
    }
    return true;
}

static enum rc
mend_base_score(const struct doc *d, const struct repair_fields *f,
                struct repair *r, struct doc_edits *all, struct err *e)
{
    struct str text;
    struct str score;

    if (!doc_string(d, f->base_score, &text)) {
        return RC_OK;
    }
    text = str_trim(text);
    if (text.len < 2 || text.p[0] != '[' || text.p[text.len - 1] != ']') {
        return RC_OK;
    }
    if (!single_score(text, &score)) {
        return err_set(e, RC_REFUSED,
                       "this model of XGBoost %s has its own base_score for "
                       "every output, libxgboost 1.7.4 knows only one: train "
                       "it with a scalar base_score (base_score=0.5)",
                       r->saved_by);
    }
    doc_put_string(d, doc_edit_add(all, f->base_score.p, f->base_score.len),
                   score);
    repair_note(r, "base_score was the list %.*s",
                text.len > 40 ? 40 : (int)text.len, text.p);
    return RC_OK;
}

/* A dart that calls itself gbtree is dressed as 1.7.4 knows dart. */
static void
mend_dart(const struct doc *d, const struct repair_fields *f, struct repair *r,
          struct doc_edits *all)
{
    const char *end;
    struct str name;
    struct buf *out;

    if (f->weight_drop.p == NULL || !doc_string(d, f->name, &name) ||
        !str_eq(name, STR("gbtree"))) {
        return;
    }
    end = f->booster.p + f->booster.len;
    out = doc_edit_add(all, f->booster.p, 0);
    buf_char(out, '{');
    doc_put_key(d, out, "gbtree");
    out = doc_edit_add(all, end, 0);
    buf_c(out, d->ubjson ? "" : ",");
    doc_put_key(d, out, "name");
    doc_put_string(d, out, STR("dart"));
    buf_c(out, d->ubjson ? "" : ",");
    doc_put_key(d, out, "weight_drop");
    buf_str(out, f->weight_drop);
    buf_char(out, '}');
    repair_note(r, "weight_drop was where XGBoost 3.3 and later keep it");
}

/* 1.7.4 takes it that every round has as many trees as the first. */
static bool
has_uneven_rounds(const struct doc *d, struct str indptr)
{
    int64_t first = 0;
    int64_t at;
    int64_t n = 0;
    struct str rest;
    struct str item;

    if (!doc_array(d, indptr, &rest)) {
        return false;
    }
    for (; doc_next(d, &rest, &item); n++) {
        if (!doc_integer(d, item, &at)) {
            return false;
        }
        first = n == 1 ? at : first;
        if (first < 0 || first > INT32_MAX || at != n * first) {
            return true;
        }
    }
    return false;
}

static enum rc
refuse_newer(const struct doc *d, const struct repair_fields *f, int64_t major,
             const struct repair *r, struct err *e)
{
    struct str size;

    if (major > MAJOR_KNOWN) {
        return err_set(e, RC_REFUSED,
                       "saved by XGBoost %s, whose models are not known here: "
                       "load it with XGBoost 1.7 to 3.4 and save it again",
                       r->saved_by);
    }
    if (doc_string(d, f->leaf_size, &size) && !str_eq(size, STR("0")) &&
        !str_eq(size, STR("1"))) {
        return err_set(e, RC_REFUSED,
                       "this model of XGBoost %s has vector leaves "
                       "(multi_strategy=multi_output_tree), libxgboost 1.7.4 "
                       "has none: train it with one_output_per_tree",
                       r->saved_by);
    }
    if (has_uneven_rounds(d, f->indptr)) {
        return err_set(e, RC_REFUSED,
                       "the rounds of this model of XGBoost %s differ in "
                       "their number of trees, libxgboost 1.7.4 would count "
                       "them wrong: train it with one num_parallel_tree",
                       r->saved_by);
    }
    return RC_OK;
}

enum rc
repair_document(struct str bytes, bool ubjson, struct repair *r, struct err *e)
{
    struct doc d = {.text = bytes, .ubjson = ubjson};
    struct doc_edits all = {.n = 0};
    struct repair_fields f;
    int64_t major;
    enum rc rc = repair_fields_find(&d, &f, e);

    if (rc != RC_OK) {
        return rc;
    }
    major = read_version(&d, f.version, r->saved_by, sizeof(r->saved_by));
    rc = refuse_newer(&d, &f, major, r, e);
    if (rc != RC_OK) {
        return rc;
    }
    rc = mend_base_score(&d, &f, r, &all, e);
    if (rc != RC_OK) {
        return rc;
    }
    mend_dart(&d, &f, r, &all);
    return doc_edit_apply(&d, &all, &r->bytes, e);
}
