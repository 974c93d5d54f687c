/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All keys are looked at twice: first for the heads they are under, then, if
 * some of these are strays, for what is to go. What the manifest says is read
 * in between: a run takes its number before it writes the first key under it,
 * so whatever was seen has a number that was taken then.
 */
#include "batchgen/gc_stray.h"

#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <stdlib.h>
#include <string.h>

#define PAGE     STR("1000")
#define FEATURES STR("features:")

struct head {
    char key[KEY_MAX];
    size_t len;
    uint64_t gen; /* 0: of feature rows */
    char schema_id[17];
    bool stray;
};

struct looking {
    const struct table *t;
    char pattern[KEY_MAX + 2];
    size_t prefix_len; /* of "<p>:<table>:" */
    struct manifest manifest;
    uint64_t now_us;
    struct head *head;
    size_t n, cap;
    struct buf page; /* keys of one SCAN, each with a NUL behind it */
};

typedef enum rc (*key_fn)(struct looking *l, struct str key, struct err *e);

/*
 * The head a key is under, its own if it is one, in *h. False for what is of
 * the table as a whole.
 */
static bool
head_of(const struct looking *l, struct str key, struct head *h)
{
    struct str rest = {key.p + l->prefix_len, key.len - l->prefix_len};
    bool features = str_starts(rest, FEATURES);
    size_t skip = l->prefix_len + (features ? FEATURES.len : 0);
    struct str tail = {key.p + skip, key.len - skip};
    struct str name = str_cut(&tail, ':');

    *h = (struct head){.len = skip + name.len};
    if (features && name.len < sizeof(h->schema_id)) {
        memcpy(h->schema_id, name.p, name.len);
    } else if (!number_parse_u64(name, &h->gen) || h->gen == 0) {
        return false;
    }
    memcpy(h->key, key.p, h->len);
    return true;
}

static struct head *
find_head(const struct looking *l, const struct head *h)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->head[i].len == h->len &&
            memcmp(l->head[i].key, h->key, h->len) == 0) {
            return &l->head[i];
        }
    }
    return NULL;
}

static enum rc
note_head(struct looking *l, struct str key, struct err *e)
{
    struct head h;

    if (!head_of(l, key, &h) || find_head(l, &h) != NULL) {
        return RC_OK;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
        struct head *more = realloc(l->head, cap * sizeof(*more));

        if (more == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        l->head = more;
        l->cap = cap;
    }
    l->head[l->n++] = h;
    return RC_OK;
}

static enum rc
remove_stray(struct looking *l, struct str key, struct err *e)
{
    const struct head *found;
    struct head h;

    if (!head_of(l, key, &h)) {
        return RC_OK;
    }
    found = find_head(l, &h);
    if (found == NULL || !found->stray) {
        return RC_OK;
    }
    REDIS_WORDS(l->t->redis, STR("UNLINK"), key);
    return redis_push(l->t->redis, e);
}

/* Only noted: one reply is read at a time. */
static enum rc
on_key(void *arg, struct str key, struct err *e)
{
    struct looking *l = arg;

    (void)e;
    if (key.len > l->prefix_len && key.len < KEY_MAX) {
        buf_str(&l->page, key);
        buf_char(&l->page, '\0');
    }
    return RC_OK;
}

static enum rc
each_in_page(struct looking *l, key_fn fn, struct err *e)
{
    struct str page = buf_view(&l->page);
    enum rc rc =
        buf_failed(&l->page) ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;

    while (rc == RC_OK && page.len > 0) {
        rc = fn(l, str_cut(&page, '\0'), e);
    }
    return rc == RC_OK ? redis_drain(l->t->redis, NULL, e) : rc;
}

static enum rc
each_key(struct looking *l, key_fn fn, struct err *e)
{
    uint64_t cursor = 0;
    enum rc rc;

    do {
        char number[20];
        struct str at = {number, number_format_u64(cursor, number)};

        buf_clear(&l->page);
        REDIS_WORDS(l->t->redis, STR("SCAN"), at, STR("MATCH"),
                    str_of(l->pattern), STR("COUNT"), PAGE);
        rc = redis_ask_scan(l->t->redis, &cursor, on_key, l, e);
        if (rc == RC_OK) {
            rc = each_in_page(l, fn, e);
        }
    } while (rc == RC_OK && cursor != 0);
    return rc;
}

/* Servers may still answer from what the manifest names, as it is. */
static bool
is_named(const struct manifest *m, uint64_t gen)
{
    return gen == m->live || gen == m->previous ||
           manifest_left_ms(m, gen) != 0;
}

/* A ready one whose number was never taken: the manifest was lost. */
static enum rc
judge_generation(struct looking *l, struct head *h, struct err *e)
{
    struct generation_info info;
    struct err damage;
    enum rc rc = table_generation_found(l->t, h->gen, &info, &damage, e);
    bool gone = rc == RC_NOT_FOUND;

    if (rc != RC_OK && !gone) {
        return rc;
    }
    h->stray = !is_named(&l->manifest, h->gen) &&
               (gone || (h->gen > l->manifest.last && !info.ready));
    if (!gone) {
        memcpy(h->schema_id, info.schema_id, sizeof(h->schema_id));
        generation_info_fini(&info);
    }
    return RC_OK;
}

/*
 * Feature rows of a schema that no generation has, as far as they say; a run
 * may yet come to it.
 */
static void
judge_features(struct looking *l, struct head *h)
{
    h->stray = l->manifest.writer_until_ms <= l->now_us / 1000;
    for (size_t i = 0; i < l->n; i++) {
        const struct head *g = &l->head[i];

        if (g->gen != 0 && !g->stray &&
            (g->schema_id[0] == '\0' ||
             strcmp(g->schema_id, h->schema_id) == 0)) {
            h->stray = false;
        }
    }
}

static enum rc
judge(struct looking *l, uint64_t *strays, struct err *e)
{
    enum rc rc = table_manifest(l->t, &l->manifest, e);

    if (rc == RC_OK) {
        rc = table_now_us(l->t, &l->now_us, e);
    }
    for (size_t i = 0; rc == RC_OK && i < l->n; i++) {
        if (l->head[i].gen != 0) {
            rc = judge_generation(l, &l->head[i], e);
        }
    }
    for (size_t i = 0; rc == RC_OK && i < l->n; i++) {
        if (l->head[i].gen == 0) {
            judge_features(l, &l->head[i]);
        }
        *strays += l->head[i].stray;
    }
    return rc;
}

enum rc
gc_strays(const struct table *t, uint64_t *removed, struct err *e)
{
    struct looking l = {.t = t};
    struct str key = key_manifest(l.pattern, t->prefix, t->name);
    enum rc rc;

    memcpy(l.pattern + key.len, ":*", 3);
    l.prefix_len = key.len + 1;
    *removed = 0;
    buf_init(&l.page, (size_t)1 << 30);
    rc = each_key(&l, note_head, e);
    if (rc == RC_OK) {
        rc = judge(&l, removed, e);
    }
    if (rc == RC_OK && *removed > 0) {
        rc = each_key(&l, remove_stray, e);
    }
    buf_fini(&l.page);
    free(l.head);
    return rc;
}
