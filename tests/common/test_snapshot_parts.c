/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/snapshot.h"

#include "tests/support/guarded.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define USERS   60
#define BUCKETS 4

/* A snapshot's parts, each copied to end at a page of its own. */
struct copies {
    struct guarded g[3];
    struct snapshot_parts parts;
};

static void
copy(struct copies *c, const struct snapshot_parts *parts)
{
    for (size_t i = 0; i < 3; i++) {
        guarded_init(&c->g[i], 65536);
    }
    c->parts.head = guarded_copy(&c->g[0], parts->head);
    c->parts.offsets = guarded_copy(&c->g[1], parts->offsets);
    c->parts.bytes = guarded_copy(&c->g[2], parts->bytes);
}

static void
drop(struct copies *c)
{
    for (size_t i = 0; i < 3; i++) {
        guarded_fini(&c->g[i]);
    }
}

/* Open what there is; if it opens, every look-up stays within it. */
static bool
opens(const struct snapshot_parts *parts)
{
    struct snapshot *s = NULL;
    struct err e = {""};
    enum rc rc = snapshot_open(&s, parts, &e);

    if (rc != RC_OK) {
        assert_true(rc == RC_INVAL && s == NULL && e.text[0] != '\0');
        return false;
    }
    for (uint32_t i = 0; i < USERS + 10; i++) {
        (void)small_snapshot_has(s, i);
    }
    snapshot_destroy(&s);
    return true;
}

static void
test_as_it_was(void **state)
{
    (void)state;
    for (int differ = 0; differ < 2; differ++) {
        struct snapshot *s = small_snapshot(USERS, BUCKETS, differ), *again;
        struct snapshot_parts parts;
        struct copies c;
        char head[SNAPSHOT_HEAD];
        struct err e;

        snapshot_parts(s, head, &parts);
        copy(&c, &parts);
        assert_int_equal(snapshot_open(&again, &c.parts, &e), RC_OK);
        assert_int_equal(snapshot_users(again), USERS);
        assert_int_equal(snapshot_buckets(again), BUCKETS);
        assert_int_equal(snapshot_bytes(again), snapshot_bytes(s));
        for (uint32_t i = 0; i < USERS + 10; i++) {
            assert_int_equal(small_snapshot_has(again, i), i < USERS);
        }
        snapshot_destroy(&again);
        snapshot_destroy(&s);
        drop(&c);
    }
}

static void
test_none_and_empty(void **state)
{
    struct snapshot *s = small_snapshot(0, BUCKETS, false);
    struct snapshot_parts parts, nothing = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    char head[SNAPSHOT_HEAD];

    (void)state;
    snapshot_parts(s, head, &parts);
    assert_true(opens(&parts));
    assert_false(opens(&nothing));
    nothing.head = parts.head;
    assert_false(opens(&nothing));
    memset(head, 0xff, sizeof(head));
    nothing.head = (struct str){head, sizeof(head)};
    assert_false(opens(&nothing));
    snapshot_destroy(&s);
}

/* Any byte may be any other: refused, or harmless. */
static void
test_damaged(void **state)
{
    uint64_t rng = 1;
    size_t refused = 0;

    (void)state;
    for (int differ = 0; differ < 2; differ++) {
        struct snapshot *s = small_snapshot(USERS, BUCKETS, differ);
        struct snapshot_parts parts;
        struct copies c;
        char head[SNAPSHOT_HEAD];

        snapshot_parts(s, head, &parts);
        copy(&c, &parts);
        struct str all[] = {c.parts.head, c.parts.offsets, c.parts.bytes};

        for (int i = 0; i < 20000; i++) {
            rng = rng * 6364136223846793005u + 1442695040888963407u;
            struct str part = all[(rng >> 20) % 3];
            char *byte = (char *)(uintptr_t)part.p + (rng >> 33) % part.len;
            char was = *byte;

            *byte = (char)(was ^ 1 << (rng >> 60) % 8);
            refused += !opens(&c.parts);
            *byte = was;
        }
        snapshot_destroy(&s);
        drop(&c);
    }
    assert_true(refused > 20000);
}

static void
test_cut(void **state)
{
    struct snapshot *s = small_snapshot(USERS, BUCKETS, true);
    struct snapshot_parts parts, cut;
    struct copies c;
    char head[SNAPSHOT_HEAD];

    (void)state;
    snapshot_parts(s, head, &parts);
    copy(&c, &parts);
    for (size_t n = 0; n < parts.bytes.len; n++) {
        cut = c.parts;
        cut.bytes = guarded_copy(&c.g[2], (struct str){parts.bytes.p, n});
        assert_false(opens(&cut));
    }
    for (size_t n = 0; n < parts.offsets.len; n += 8) {
        cut = c.parts;
        cut.bytes = guarded_copy(&c.g[2], parts.bytes);
        cut.offsets = guarded_copy(&c.g[1], (struct str){parts.offsets.p, n});
        assert_false(opens(&cut));
    }
    snapshot_destroy(&s);
    drop(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_it_was),
        cmocka_unit_test(test_none_and_empty),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
