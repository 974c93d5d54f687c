/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option_find.h"

#include "common/base/check.h"

static char
fold(char c)
{
    return c == '-' ? '_' : c;
}

static bool
same_name(const char *a, struct str b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (a[i] == '\0' || fold(a[i]) != fold(b.p[i])) {
            return false;
        }
    }
    return a[b.len] == '\0';
}

size_t
option_find(const struct option_set *set, struct str name)
{
    size_t i = 0;

    while (i < set->n && !same_name(set->def[i].name, name)) {
        i++;
    }
    return i;
}

static size_t
min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Letters to insert, delete or replace (Levenshtein); both fit the row. */
static size_t
distance(struct str a, struct str b)
{
    size_t row[OPTION_NAME_MAX + 1];

    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t above = row[j];
            size_t change = fold(a.p[i - 1]) != fold(b.p[j - 1]);

            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[b.len];
}

const struct option_def *
option_nearest(const struct option_set *set, struct str name)
{
    const struct option_def *best = NULL;
    size_t least = name.len / 3 + 2;

    if (name.len > OPTION_NAME_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < set->n; i++) {
        size_t d = distance(name, str_of(set->def[i].name));

        if (d < least) {
            least = d;
            best = &set->def[i];
        }
    }
    return best;
}

void
option_dashed(const struct option_def *def, char out[OPTION_NAME_MAX])
{
    size_t n = strlen(def->name);

    CHECK(n < OPTION_NAME_MAX);
    for (size_t i = 0; i <= n; i++) {
        out[i] = (char)(def->name[i] == '_' ? '-' : def->name[i]);
    }
}
