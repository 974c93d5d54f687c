/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/number.h"

#include <stdlib.h>

/* What the cells of a first record look like. */
struct cells {
    size_t n;
    size_t nnumber;     /* numbers, missing ones among them */
    size_t nname;       /* features' names */
    bool name_for_sure; /* one of those is no number */
};

static void
count_cell(struct cells *c, struct str cell, const struct schema *names)
{
    float v;
    bool number =
        number_parse_f32(cell, &v) || row_read_odd_cell(cell, &v) != ROW_TEXT;
    bool name = names != NULL && schema_find(names, cell) >= 0;

    c->n++;
    c->nnumber += number;
    c->nname += name;
    c->name_for_sure = c->name_for_sure || (name && !number);
}

bool
row_is_header(struct str first, char delimiter, const struct schema *names)
{
    struct cells c = {0};
    char *scratch = malloc(first.len + 1);
    char *free_scratch = scratch;
    struct str cell;

    first = csv_strip_cr(first);
    while (scratch != NULL && first.p != NULL &&
           csv_next(&first, delimiter, &scratch, &cell)) {
        count_cell(&c, cell, names);
    }
    free(free_scratch);
    return c.name_for_sure || c.nnumber == 0 ||
           (names != NULL && c.nname == schema_size(names));
}

enum rc
row_schema_from_header(struct schema **out, struct str header,
                       const struct row_spec *spec, struct err *e)
{
    struct csv_header *h = NULL;
    struct str *name = NULL;
    size_t n = 0;
    struct row_ids ids;
    enum rc rc = csv_header_create(&h, header, spec->delimiter, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = row_ids_by_name(&ids, h, spec, NULL, e);
    if (rc != RC_OK) {
        goto out;
    }
    name = calloc(csv_header_size(h), sizeof(*name));
    if (name == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < csv_header_size(h); i++) {
        if (i != ids.user && i != ids.item) {
            name[n++] = csv_header_name(h, i);
        }
    }
    rc = schema_create(out, name, n, e);
    rc = rc == RC_INVAL ? RC_REFUSED : rc;
out:
    csv_header_destroy(&h);
    free(name);
    return rc;
}
