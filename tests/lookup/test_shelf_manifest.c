/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf_manifest.h"

#include "common/table/sealed.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define UID "00000000000000a1"

struct shelved {
    struct folder folder;
    char path[128];
};

static int
set_up(void **state)
{
    struct shelved *s = calloc(1, sizeof(*s));

    CHECK(s != NULL);
    folder_init(&s->folder);
    snprintf(s->path, sizeof(s->path), "%s/m", s->folder.path);
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    struct shelved *s = *state;

    folder_fini(&s->folder);
    free(s);
    return 0;
}

static void
write_one(const struct shelved *s, struct shelf_manifest m)
{
    assert_int_equal(shelf_manifest_write(&m, s->path, NULL), RC_OK);
}

/* The next one takes the place of the last. */
static void
test_read_as_written(void **state)
{
    static const struct shelf_manifest written[] = {
        {.seq = 7, .live = 3, .live_uid = UID},
        {.seq = UINT64_MAX, .live = UINT64_MAX, .live_uid = UID},
        {.seq = 8},
    };
    const struct shelved *s = *state;

    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        struct shelf_manifest m = {.seq = 1, .live = 1, .live_uid = "x"};

        write_one(s, written[i]);
        assert_int_equal(shelf_manifest_read(&m, s->path, NULL), RC_OK);
        assert_true(m.seq == written[i].seq && m.live == written[i].live);
        assert_string_equal(m.live_uid, written[i].live_uid);
    }
}

static void
test_cannot_be_used(void **state)
{
    const struct shelved *s = *state;
    struct shelf_manifest m = {.seq = 7};
    const struct str part = STR("");
    struct err e = {""};

    unlink(s->path);
    assert_int_equal(shelf_manifest_read(&m, s->path, &e), RC_NOT_FOUND);
    write_one(s, (struct shelf_manifest){.seq = 9});
    assert_int_equal(truncate(s->path, 20), 0);
    assert_int_equal(shelf_manifest_read(&m, s->path, &e), RC_INVAL);
    assert_non_null(strstr(e.text, s->path));
    /* A file of another kind, whole as it is. */
    assert_int_equal(sealed_write(s->path, 1, &part, 1, &e), RC_OK);
    assert_int_equal(shelf_manifest_read(&m, s->path, &e), RC_INVAL);
    assert_int_equal(m.seq, 7);
}

static void
test_cannot_be_written(void **state)
{
    const struct shelf_manifest m = {.seq = 7};
    struct err e;

    (void)state;
    assert_int_equal(shelf_manifest_write(&m, "/nowhere/at/all", &e), RC_IO);
    assert_non_null(strstr(e.text, "/nowhere/at/all"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_as_written),
        cmocka_unit_test(test_cannot_be_used),
        cmocka_unit_test(test_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
