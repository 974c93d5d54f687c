/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NTHREAD 3
#define NLINE   2000

/* Lines go to /dev/null until unmute(); cmocka's own need stderr back. */
static int
mute(void)
{
    int saved = dup(STDERR_FILENO);
    int null = open("/dev/null", O_WRONLY);

    assert_true(saved >= 0 && null >= 0);
    assert_true(dup2(null, STDERR_FILENO) >= 0);
    close(null);
    return saved;
}

static void
unmute(int saved)
{
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
}

static struct buf
recent(void)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    log_recent(&out);
    assert_false(buf_failed(&out));
    buf_char(&out, '\0');
    return out;
}

static void
test_lines_have_time_level_and_text(void **state)
{
    int saved = mute();
    struct buf out;

    (void)state;
    log_warn("store %s", "gone");
    unmute(saved);
    out = recent();
    assert_non_null(strstr(out.p, "Z warn  store gone\n"));
    assert_int_equal(out.p[4], '-');
    buf_fini(&out);
}

static void
test_lines_below_the_level_are_dropped(void **state)
{
    int saved = mute();
    struct buf out;

    (void)state;
    log_debug("first whisper");
    log_set_level(LOG_DEBUG);
    log_debug("second whisper");
    log_set_level(LOG_INFO);
    unmute(saved);
    out = recent();
    assert_null(strstr(out.p, "first whisper"));
    assert_non_null(strstr(out.p, "debug second whisper"));
    buf_fini(&out);
}

static void
test_one_event_is_one_line_that_fits(void **state)
{
    int saved = mute();
    struct buf out;

    (void)state;
    log_error("a\nb\x1b[31m");
    log_error("%3000d", 1);
    log_error("after");
    unmute(saved);
    out = recent();
    assert_non_null(strstr(out.p, "error a b [31m\n"));
    assert_non_null(strstr(out.p, " error after\n"));
    buf_fini(&out);
}

static void
test_the_last_64_are_kept_oldest_first(void **state)
{
    int saved = mute();
    struct buf out;
    struct str rest;

    (void)state;
    for (int i = 0; i < 100; i++) {
        log_info("event %d.", i);
    }
    unmute(saved);
    out = recent();
    rest = (struct str){out.p, out.len - 1};
    for (int i = 36; i < 100; i++) {
        char want[32];

        snprintf(want, sizeof(want), "event %d.", i);
        assert_true(str_ends(str_cut(&rest, '\n'), str_of(want)));
    }
    assert_int_equal(rest.len, 0);
    buf_fini(&out);
}

static void *
chatter(void *arg)
{
    for (int i = 0; i < NLINE; i++) {
        log_info("%s<%0*d>", (const char *)arg, 40 + i % 200, i);
    }
    return NULL;
}

/* Every kept line is whole: it begins with a year and ends with ">". */
static bool
lines_are_whole(void)
{
    struct buf out = recent();
    struct str rest = {out.p, out.len - 1};
    bool whole = true;

    while (rest.len > 0) {
        struct str line = str_cut(&rest, '\n');

        whole &= str_starts(line, STR("2")) && str_ends(line, STR(">"));
    }
    buf_fini(&out);
    return whole;
}

static void
test_threads_do_not_mix_lines(void **state)
{
    int saved = mute();
    pthread_t t[NTHREAD];
    bool whole = true;

    (void)state;
    chatter("main");
    for (int i = 0; i < NTHREAD; i++) {
        assert_int_equal(pthread_create(&t[i], NULL, chatter, "thread"), 0);
    }
    for (int i = 0; i < NLINE; i++) {
        whole &= lines_are_whole();
    }
    for (int i = 0; i < NTHREAD; i++) {
        assert_int_equal(pthread_join(t[i], NULL), 0);
    }
    unmute(saved);
    assert_true(whole);
    assert_true(lines_are_whole());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_have_time_level_and_text),
        cmocka_unit_test(test_lines_below_the_level_are_dropped),
        cmocka_unit_test(test_one_event_is_one_line_that_fits),
        cmocka_unit_test(test_the_last_64_are_kept_oldest_first),
        cmocka_unit_test(test_threads_do_not_mix_lines),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
