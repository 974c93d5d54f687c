/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/users.h"

#include "common/base/hash.h"
#include "common/model/model.h"

#include <stdlib.h>

/* Open addressing; at most half of the slots are taken. */
struct users {
    char *text; /* the file, which the ids are views of */
    struct str *slot;
    size_t mask;
    size_t n;
};

/* Where the id is, or would go. */
static struct str *
find(const struct users *u, struct str id)
{
    size_t i = hash_key(id) & u->mask;

    while (u->slot[i].p != NULL && !str_eq(u->slot[i], id)) {
        i = (i + 1) & u->mask;
    }
    return &u->slot[i];
}

static struct str
next_line(struct str *rest)
{
    struct str line = str_cut(rest, '\n');

    if (line.len > 0 && line.p[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

static size_t
slots_for(struct str text)
{
    size_t nline = 1, n = 16;

    for (size_t i = 0; i < text.len; i++) {
        nline += text.p[i] == '\n' ? 1 : 0;
    }
    while (n < 2 * nline) {
        n *= 2;
    }
    return n;
}

static enum rc
fill(struct users *u, struct str text)
{
    size_t n = slots_for(text);

    u->slot = calloc(n, sizeof(*u->slot));
    if (u->slot == NULL) {
        return RC_NOMEM;
    }
    u->mask = n - 1;
    while (text.p != NULL) {
        struct str id = next_line(&text);
        struct str *slot = find(u, id);

        if (id.len > 0 && slot->p == NULL) {
            *slot = id;
            u->n++;
        }
    }
    return RC_OK;
}

enum rc
users_read(struct users **out, const char *path, struct err *e)
{
    struct users *u = calloc(1, sizeof(*u));
    struct str text;
    enum rc rc;

    if (u == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = model_read_file(path, &u->text, &text.len, e);
    if (rc == RC_OK) {
        text.p = u->text;
        rc = fill(u, text) == RC_OK ? RC_OK
                                    : err_set(e, RC_NOMEM, "out of memory");
    }
    if (rc == RC_OK && u->n == 0) {
        rc = err_set(e, RC_REFUSED, "%s: there is no user in it", path);
    }
    if (rc != RC_OK) {
        users_destroy(&u);
        return rc;
    }
    *out = u;
    return RC_OK;
}

void
users_destroy(struct users **u)
{
    struct users *old = *u;

    *u = NULL;
    if (old != NULL) {
        free(old->text);
        free(old->slot);
        free(old);
    }
}

bool
users_has(const struct users *u, struct str id)
{
    return find(u, id)->p != NULL;
}
