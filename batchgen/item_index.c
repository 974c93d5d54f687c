/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/item_index.h"

#include "common/base/buf.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 1024
#define TEXT_MAX  ((size_t)1 << 40)

struct entry {
    uint64_t hash;
    size_t at; /* of the id in text */
    size_t len;
};

/* Open addressing; at most half of the slots are taken. */
struct item_index {
    struct buf text;
    struct entry *entry; /* by number; as many as half the slots */
    uint32_t *slot;      /* number + 1, 0: free */
    size_t mask;
    uint32_t n;
};

static struct str
id_of(const struct item_index *x, uint32_t number)
{
    const struct entry *e = &x->entry[number];

    return (struct str){x->text.p + e->at, e->len};
}

/* Twice the slots, or the first ones. */
static enum rc
grow(struct item_index *x)
{
    size_t n = x->slot == NULL ? SLOTS_MIN : 2 * (x->mask + 1);
    uint32_t *slot = calloc(n, sizeof(*slot));
    struct entry *entry = realloc(x->entry, n / 2 * sizeof(*entry));

    x->entry = entry == NULL ? x->entry : entry;
    if (slot == NULL || entry == NULL) {
        free(slot);
        return RC_NOMEM;
    }
    free(x->slot);
    x->slot = slot;
    x->mask = n - 1;
    for (uint32_t i = 0; i < x->n; i++) {
        size_t at = entry[i].hash & x->mask;

        while (slot[at] != 0) {
            at = (at + 1) & x->mask;
        }
        slot[at] = i + 1;
    }
    return RC_OK;
}

struct item_index *
item_index_create(void)
{
    struct item_index *x = calloc(1, sizeof(*x));

    if (x == NULL) {
        return NULL;
    }
    buf_init(&x->text, TEXT_MAX);
    if (grow(x) != RC_OK) {
        item_index_destroy(&x);
    }
    return x;
}

void
item_index_destroy(struct item_index **x)
{
    struct item_index *old = *x;

    *x = NULL;
    if (old != NULL) {
        buf_fini(&old->text);
        free(old->entry);
        free(old->slot);
        free(old);
    }
}

static size_t
find(const struct item_index *x, uint64_t hash, struct str id)
{
    size_t at = hash & x->mask;

    while (x->slot[at] != 0) {
        uint32_t number = x->slot[at] - 1;

        if (x->entry[number].hash == hash && str_eq(id_of(x, number), id)) {
            break;
        }
        at = (at + 1) & x->mask;
    }
    return at;
}

enum rc
item_index_number(struct item_index *x, uint64_t hash, struct str id,
                  uint32_t *number)
{
    size_t at = find(x, hash, id);

    if (x->slot[at] != 0) {
        *number = x->slot[at] - 1;
        return RC_OK;
    }
    if (x->n == (x->mask + 1) / 2) {
        if (grow(x) != RC_OK) {
            return RC_NOMEM;
        }
        at = find(x, hash, id);
    }
    x->entry[x->n] = (struct entry){hash, x->text.len, id.len};
    buf_str(&x->text, id);
    if (buf_failed(&x->text)) {
        return RC_NOMEM;
    }
    *number = x->n++;
    x->slot[at] = x->n;
    return RC_OK;
}

uint32_t
item_index_count(const struct item_index *x)
{
    return x->n;
}

enum rc
item_index_catalogue(const struct item_index *x, struct catalogue **out,
                     struct err *e)
{
    struct str *id = calloc((size_t)x->n + 1, sizeof(*id));
    float *none;
    enum rc rc;

    if (id == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < x->n; i++) {
        id[i] = id_of(x, i);
    }
    rc = catalogue_create(out, id, x->n, 0, &none, e);
    free(id);
    return rc;
}
