/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/roster.h"

#include <stdio.h>
#include <stdlib.h>

void
roster_init(struct roster *r)
{
    memset(r, 0, sizeof(*r));
    for (size_t i = 0; i < TABLES_MAX; i++) {
        r->id[i] = (uint16_t)(i + 1);
    }
    r->free = TABLES_MAX;
}

static void
destroy(struct followed *f)
{
    followed_fini(f);
    free(f);
}

void
roster_fini(struct roster *r)
{
    for (size_t i = 0; i < r->n; i++) {
        destroy(r->table[i]);
    }
    r->n = 0;
}

struct followed *
roster_find(const struct roster *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->table[i]->name, name) == 0) {
            return r->table[i];
        }
    }
    return NULL;
}

static int
compare(const void *a, const void *b)
{
    const struct followed *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

struct followed *
roster_add(struct roster *r, const char *name)
{
    struct followed *f = r->free == 0 ? NULL : calloc(1, sizeof(*f));

    if (f == NULL) {
        return NULL;
    }
    snprintf(f->name, sizeof(f->name), "%s", name);
    f->id = r->id[r->first];
    r->first = (r->first + 1) % TABLES_MAX;
    r->free--;
    r->table[r->n++] = f;
    qsort(r->table, r->n, sizeof(r->table[0]), compare);
    return f;
}

void
roster_drop(struct roster *r, struct followed *f)
{
    size_t i = 0;

    while (r->table[i] != f) {
        i++;
    }
    memmove(&r->table[i], &r->table[i + 1],
            (r->n - i - 1) * sizeof(r->table[0]));
    r->n--;
    r->id[(r->first + r->free + r->back++) % TABLES_MAX] = f->id;
    destroy(f);
}

void
roster_settle(struct roster *r)
{
    r->free += r->back;
    r->back = 0;
}
