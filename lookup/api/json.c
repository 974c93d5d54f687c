/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/json.h"

#include "common/base/hash.h"
#include "common/base/number.h"
#include "lookup/api/json_grammar.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * What json_grammar lets pass goes to cJSON. The tree is then walked once: for
 * names that are repeated, which the grammar allows, and for numbers that a
 * double in between would round twice.
 */

/* The hash stands first: most names are told apart without being read. */
struct member {
    uint64_t hash;
    const char *name;
};

/* A walk of the tree, in the order of the text, once: it may be large. */
struct walk {
    struct member *member; /* room for the names of any object */
    struct str numbers;    /* what is behind the text of a number, */
    size_t behind;         /* so many numbers ago */
    struct err *e;
};

static int
compare_names(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1)
                              : strcmp(x->name, y->name);
}

/* Sorting keeps a body of many names from costing their square. */
static enum rc
check_names(const struct walk *w, const cJSON *object)
{
    const cJSON *it;
    size_t n = 0;

    cJSON_ArrayForEach(it, object)
    {
        w->member[n++] =
            (struct member){hash_key(str_of(it->string)), it->string};
    }
    qsort(w->member, n, sizeof(*w->member), compare_names);
    for (size_t i = 1; i < n; i++) {
        if (compare_names(&w->member[i - 1], &w->member[i]) == 0) {
            return err_set(w->e, RC_INVAL, "the name '%.100s' is repeated",
                           w->member[i].name);
        }
    }
    return RC_OK;
}

/* Is v in the middle of two floats, or beyond the last? */
static bool
is_middle(double v)
{
    float near = (float)v;

    if (near == v) {
        return false;
    }
    double other = nextafterf(near, v > near ? INFINITY : -INFINITY);

    return isinf(near) || near + other == 2 * v;
}

/*
 * The double nearest to a text rounds to the float nearest to the text, unless
 * that double is the middle of two floats and the text is not. Where it does
 * not, the double becomes that float.
 */
static void
settle_number(struct walk *w, cJSON *number)
{
    struct str text;
    float nearest;

    w->behind++;
    if (!is_middle(number->valuedouble)) {
        return;
    }
    for (; w->behind > 0; w->behind--) {
        text = json_grammar_next_number(&w->numbers);
    }
    if (number_parse_f32(text, &nearest) &&
        nearest != (float)number->valuedouble) {
        number->valuedouble = nearest;
    }
}

static enum rc
settle(struct walk *w, cJSON *value)
{
    enum rc rc = cJSON_IsObject(value) ? check_names(w, value) : RC_OK;
    cJSON *it;

    if (cJSON_IsNumber(value)) {
        settle_number(w, value);
    }
    cJSON_ArrayForEach(it, value)
    {
        rc = rc == RC_OK ? settle(w, it) : rc;
    }
    return rc;
}

enum rc
json_parse(struct str text, size_t max, struct cJSON **out, struct err *e)
{
    struct walk w = {.numbers = text, .e = e};
    size_t widest;
    enum rc rc = json_grammar_check(text, max, &widest, e);

    if (rc != RC_OK) {
        return rc;
    }
    cJSON *root = cJSON_ParseWithLength(text.p, text.len);

    if (root == NULL) {
        return err_set(e, RC_INVAL, "a string has a broken surrogate pair");
    }
    w.member = malloc((widest + 1) * sizeof(*w.member));
    rc = w.member == NULL ? err_set(e, RC_NOMEM, "out of memory")
                          : settle(&w, root);
    free(w.member);
    if (rc != RC_OK) {
        cJSON_Delete(root);
        return rc;
    }
    *out = root;
    return RC_OK;
}
