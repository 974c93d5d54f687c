/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/superseded.h"

#include "common/base/buf.h"
#include "common/base/hash.h"

#include <stdatomic.h>
#include <stdlib.h>

#define NEWS_BYTES_MAX ((size_t)1 << 32)
#define SLOTS_MIN      64

/*
 * News are entries one behind another: u64 stamp, u16 length, the user. A set
 * is open-addressed slots over entries of the same form in `text`; a user
 * named again gets its stamp there.
 */
struct superseded_news {
    _Atomic uint32_t holders;
    uint16_t table_id;
    bool replace;
    size_t n;
    struct buf entries;
};

struct entry {
    uint64_t updated_us;
    struct str user;
};

#define ENTRY_HEAD (sizeof(uint64_t) + sizeof(uint16_t))

struct superseded {
    size_t n, nslot;
    size_t *slot; /* offset of an entry in text, plus one; 0: free */
    struct buf text;
};

static void
put_entry(struct buf *b, struct str user, uint64_t updated_us)
{
    uint16_t len = (uint16_t)user.len;

    buf_put(b, &updated_us, sizeof(updated_us));
    buf_put(b, &len, sizeof(len));
    buf_str(b, user);
}

static struct entry
entry_at(const struct buf *b, size_t at)
{
    struct entry e;
    uint16_t len;

    memcpy(&e.updated_us, b->p + at, sizeof(e.updated_us));
    memcpy(&len, b->p + at + sizeof(e.updated_us), sizeof(len));
    e.user = (struct str){b->p + at + ENTRY_HEAD, len};
    return e;
}

struct superseded_news *
superseded_news_create(uint16_t table_id, bool replace)
{
    struct superseded_news *n = calloc(1, sizeof(*n));

    if (n != NULL) {
        atomic_init(&n->holders, 1);
        n->table_id = table_id;
        n->replace = replace;
        buf_init(&n->entries, NEWS_BYTES_MAX);
    }
    return n;
}

enum rc
superseded_news_add(struct superseded_news *n, struct str user,
                    uint64_t updated_us)
{
    put_entry(&n->entries, user, updated_us);
    n->n++;
    return buf_failed(&n->entries) ? RC_NOMEM : RC_OK;
}

size_t
superseded_news_size(const struct superseded_news *n)
{
    return n->n;
}

uint16_t
superseded_news_table(const struct superseded_news *n)
{
    return n->table_id;
}

struct superseded_news *
superseded_news_hold(struct superseded_news *n)
{
    atomic_fetch_add_explicit(&n->holders, 1, memory_order_relaxed);
    return n;
}

void
superseded_news_release(struct superseded_news **n)
{
    struct superseded_news *dead = *n;

    *n = NULL;
    if (dead != NULL && atomic_fetch_sub_explicit(&dead->holders, 1,
                                                  memory_order_acq_rel) == 1) {
        buf_fini(&dead->entries);
        free(dead);
    }
}

static enum rc
init(struct superseded *s, size_t nslot)
{
    buf_init(&s->text, NEWS_BYTES_MAX);
    s->n = 0;
    s->nslot = nslot;
    s->slot = calloc(nslot, sizeof(*s->slot));
    return s->slot == NULL ? RC_NOMEM : RC_OK;
}

static void
fini(struct superseded *s)
{
    free(s->slot);
    buf_fini(&s->text);
}

struct superseded *
superseded_create(void)
{
    struct superseded *s = calloc(1, sizeof(*s));

    if (s != NULL && init(s, SLOTS_MIN) != RC_OK) {
        superseded_destroy(&s);
    }
    return s;
}

void
superseded_destroy(struct superseded **s)
{
    if (s == NULL || *s == NULL) {
        return;
    }
    fini(*s);
    free(*s);
    *s = NULL;
}

/* The slot that holds the user, or the free one where it belongs. */
static size_t *
find_slot(const struct superseded *s, struct str user)
{
    size_t i = hash_key(user) & (s->nslot - 1);

    while (s->slot[i] != 0 &&
           !str_eq(entry_at(&s->text, s->slot[i] - 1).user, user)) {
        i = (i + 1) & (s->nslot - 1);
    }
    return &s->slot[i];
}

/* There is room for one more in slots and text. */
static void
put(struct superseded *s, const struct entry *e)
{
    size_t *slot = find_slot(s, e->user);

    if (*slot != 0) {
        memcpy(s->text.p + *slot - 1, &e->updated_us, sizeof(e->updated_us));
        return;
    }
    *slot = s->text.len + 1;
    put_entry(&s->text, e->user, e->updated_us);
    s->n++;
}

static void
put_all(struct superseded *s, const struct buf *entries)
{
    for (size_t at = 0; at < entries->len;) {
        struct entry e = entry_at(entries, at);

        put(s, &e);
        at += ENTRY_HEAD + e.user.len;
    }
}

/* Slots are at most half full. */
static size_t
slots_for(size_t n)
{
    size_t nslot = SLOTS_MIN;

    while (nslot < 2 * n) {
        nslot *= 2;
    }
    return nslot;
}

/* A set of its own with room for the old entries and the new ones. */
static enum rc
rebuild(struct superseded *s, const struct superseded_news *n)
{
    struct superseded fresh;
    size_t kept = n->replace ? 0 : s->n;
    size_t bytes = (n->replace ? 0 : s->text.len) + n->entries.len;
    enum rc rc = init(&fresh, slots_for(kept + n->n));

    if (rc != RC_OK || buf_reserve(&fresh.text, bytes + 1) == NULL) {
        fini(&fresh);
        return RC_NOMEM;
    }
    if (!n->replace) {
        put_all(&fresh, &s->text);
    }
    put_all(&fresh, &n->entries);
    fini(s);
    *s = fresh;
    return RC_OK;
}

enum rc
superseded_apply(struct superseded *s, const struct superseded_news *n)
{
    if (n->replace || slots_for(s->n + n->n) > s->nslot ||
        buf_reserve(&s->text, n->entries.len + 1) == NULL) {
        return rebuild(s, n);
    }
    put_all(s, &n->entries);
    return RC_OK;
}

uint64_t
superseded_at(const struct superseded *s, struct str user)
{
    if (s == NULL || s->n == 0) {
        return 0;
    }
    size_t at = *find_slot(s, user);

    return at == 0 ? 0 : entry_at(&s->text, at - 1).updated_us;
}

size_t
superseded_size(const struct superseded *s)
{
    return s == NULL ? 0 : s->n;
}
