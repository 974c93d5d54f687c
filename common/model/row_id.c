/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_id.h"

#include "common/base/number.h"

struct str
row_usual_id(size_t i)
{
    static const struct str usual[ROW_USUAL_IDS] = {
        {"user_id", sizeof("user_id") - 1},
        {"id", sizeof("id") - 1},
    };

    return usual[i];
}

/* The id column when none was named: one that is not a feature as well. */
static ptrdiff_t
find_usual(const struct csv_header *h, const struct schema *schema)
{
    for (size_t i = 0; i < ROW_USUAL_IDS; i++) {
        struct str name = row_usual_id(i);

        if (schema == NULL || schema_find(schema, name) < 0) {
            ptrdiff_t at = csv_header_find(h, name);

            if (at >= 0) {
                return at;
            }
        }
    }
    return -1;
}

/* A column by its name, or else its number; -1: there is none. */
static ptrdiff_t
find_column(const struct csv_header *h, const char *column)
{
    ptrdiff_t at = csv_header_find(h, str_of(column));
    uint64_t number;

    return at < 0 && number_parse_u64(str_of(column), &number) &&
                   number < csv_header_size(h)
               ? (ptrdiff_t)number
               : at;
}

/* What was asked for must be there. */
static enum rc
find_asked(const struct csv_header *h, const char *column, size_t *out,
           struct err *e)
{
    ptrdiff_t at = find_column(h, column);

    *out = (size_t)at;
    return at >= 0 ? RC_OK
                   : err_set(e, RC_REFUSED,
                             "the header has no column '%s' to take the ids "
                             "from",
                             column);
}

static enum rc
find_user(const struct csv_header *h, const struct row_spec *spec,
          const struct schema *schema, size_t *out, struct err *e)
{
    ptrdiff_t at;

    if (spec->id_column != NULL) {
        return find_asked(h, spec->id_column, out, e);
    }
    at = find_usual(h, schema);
    *out = at < 0 ? ROW_NO_ID_CELL : (size_t)at;
    return at >= 0 || !spec->need_id
               ? RC_OK
               : err_set(e, RC_REFUSED,
                         "the header has no column user_id or id that is not "
                         "a feature; say which one holds the ids");
}

enum rc
row_ids_by_name(struct row_ids *ids, const struct csv_header *h,
                const struct row_spec *spec, const struct schema *schema,
                struct err *e)
{
    enum rc rc = find_user(h, spec, schema, &ids->user, e);

    ids->item = ROW_NO_ID_CELL;
    return rc != RC_OK || spec->item_column == NULL
               ? rc
               : find_asked(h, spec->item_column, &ids->item, e);
}

/* column: what the option of that name says, NULL: nothing. */
static enum rc
find_by_number(const char *column, const char *option, bool need, size_t ncell,
               size_t *out, struct err *e)
{
    uint64_t number;

    *out = ROW_NO_ID_CELL;
    if (column == NULL && !need) {
        return RC_OK;
    }
    if (column == NULL || !number_parse_u64(str_of(column), &number) ||
        number >= ncell) {
        return err_set(e, RC_REFUSED,
                       "there is no header, so %s must be the number "
                       "of one of the %zu columns, from 0 (if the first row "
                       "is a header, say --header yes)",
                       option, ncell);
    }
    *out = number;
    return RC_OK;
}

enum rc
row_ids_by_number(struct row_ids *ids, const struct row_spec *spec,
                  size_t ncell, struct err *e)
{
    enum rc rc = find_by_number(spec->id_column, "--id-column", spec->need_id,
                                ncell, &ids->user, e);

    return rc != RC_OK ? rc
                       : find_by_number(spec->item_column, "--item-column",
                                        false, ncell, &ids->item, e);
}
