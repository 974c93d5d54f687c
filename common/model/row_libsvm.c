/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/number.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next run of no blanks; false at the end, which a # also is. */
static bool
next_token(struct str *rest, struct str *token)
{
    size_t n = 0;

    while (rest->len > 0 && is_blank(rest->p[0])) {
        rest->p++;
        rest->len--;
    }
    if (rest->len == 0 || rest->p[0] == '#') {
        return false;
    }
    while (n < rest->len && !is_blank(rest->p[n])) {
        n++;
    }
    *token = (struct str){rest->p, n};
    rest->p += n;
    rest->len -= n;
    return true;
}

static enum row_fault
take_label(const struct row_plan *p, struct str *rest, struct str *id,
           struct row_where *where)
{
    struct str token = {"", 0};

    if (p->label == ROW_LABEL_NONE) {
        return ROW_OK;
    }
    if (!next_token(rest, &token)) {
        where->cell = *rest;
        return p->label_is_id ? ROW_NO_ID : ROW_OK;
    }
    where->cell = token;
    if (p->label == ROW_LABEL_PLAIN && !p->label_is_id &&
        memchr(token.p, ':', token.len) != NULL) {
        return ROW_WEIGHT;
    }
    *id = p->label_is_id ? token : *id;
    return p->label_is_id ? row_check_id(token, where) : ROW_OK;
}

static enum row_fault
take_value(const struct row_plan *p, struct str index, struct str value,
           float *x)
{
    uint64_t i;

    if (!number_parse_u64(index, &i) || value.len == 0) {
        return ROW_TOKEN;
    }
    if (i < p->base || i - p->base >= p->nfeature) {
        return ROW_INDEX;
    }
    x += i - p->base;
    if (!row_is_open(x)) {
        return ROW_TWICE;
    }
    return number_parse_f32(value, x) ? ROW_OK : row_read_odd_cell(value, x);
}

enum row_fault
row_parse_libsvm(const struct row_plan *p, struct str line, struct str *id,
                 float *x, struct row_where *where)
{
    struct str token;
    enum row_fault fault;

    *id = (struct str){"", 0};
    *where = (struct row_where){0};
    row_open_all(x, p->nfeature);
    fault = take_label(p, &line, id, where);
    while (fault == ROW_OK && next_token(&line, &token)) {
        struct str value = token;
        struct str index = str_cut(&value, ':');

        if (value.p != NULL && str_eq(index, STR("qid"))) {
            continue;
        }
        fault = value.p == NULL ? ROW_TOKEN : take_value(p, index, value, x);
        where->name = index;
        where->cell = fault == ROW_TEXT || fault == ROW_INF ? value : token;
    }
    row_close_all(x, p->nfeature);
    return fault;
}
