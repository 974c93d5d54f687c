/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/sealed.h"

#include "tests/support/guarded.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#define KIND  7
#define PARTS 3
#define FRONT (16 + PARTS * 24 + 8)

struct folder {
    char dir[32];
    char path[64];
    struct guarded g;
};

static int
set_up(void **state)
{
    struct folder *f = calloc(1, sizeof(*f));

    CHECK(f != NULL);
    snprintf(f->dir, sizeof(f->dir), "/tmp/lookup-sealed.XXXXXX");
    CHECK(mkdtemp(f->dir) != NULL);
    snprintf(f->path, sizeof(f->path), "%s/file", f->dir);
    guarded_init(&f->g, 4096);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    struct folder *f = *state;

    (void)unlink(f->path);
    CHECK(rmdir(f->dir) == 0); /* nothing else was left */
    guarded_fini(&f->g);
    free(f);
    return 0;
}

static const struct str three[PARTS] = {
    {"first", 5}, {NULL, 0}, {"\0third", 6}};

static void
write_three(const struct folder *f)
{
    struct err e;

    assert_int_equal(sealed_write(f->path, KIND, three, PARTS, &e), RC_OK);
}

/* The file's bytes; how many is returned. */
static size_t
slurp(const struct folder *f, char *out, size_t room)
{
    FILE *file = fopen(f->path, "r");
    size_t len = file == NULL ? 0 : fread(out, 1, room, file);

    CHECK(file != NULL && fclose(file) == 0);
    return len;
}

static void
test_as_written_so_read(void **state)
{
    const struct folder *f = *state;
    struct sealed *s;
    struct stat st;
    struct err e;

    write_three(f);
    write_three(f);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(sealed_open(&s, f->path, KIND, PARTS, &e), RC_OK);
    for (size_t i = 0; i < PARTS; i++) {
        assert_true(str_eq(sealed_part(s, i), three[i]));
        assert_int_equal((uintptr_t)sealed_part(s, i).p % 64, 0);
    }
    sealed_close(&s);
    assert_null(s);
    sealed_close(&s);
}

static void
test_not_ours(void **state)
{
    const struct folder *f = *state;
    struct sealed *s = NULL;
    struct err e;

    assert_int_equal(sealed_open(&s, f->path, KIND, PARTS, &e), RC_NOT_FOUND);
    write_three(f);
    assert_int_equal(sealed_open(&s, f->path, KIND + 1, PARTS, &e), RC_INVAL);
    assert_non_null(strstr(e.text, f->path));
    assert_non_null(strstr(e.text, "another version"));
    assert_int_equal(sealed_open(&s, f->path, KIND, PARTS - 1, &e), RC_INVAL);
    assert_int_equal(sealed_open(&s, f->dir, KIND, PARTS, &e), RC_INVAL);
    assert_int_equal(truncate(f->path, 0), 0);
    assert_int_equal(sealed_open(&s, f->path, KIND, PARTS, &e), RC_INVAL);
    assert_null(s);
}

static enum rc
parse(struct folder *f, struct str file)
{
    struct str part[PARTS];
    struct err e = {""};
    enum rc rc = sealed_parse(guarded_copy(&f->g, file), KIND, part, PARTS, &e);

    assert_true(rc == RC_OK || (rc == RC_INVAL && e.text[0] != '\0'));
    return rc;
}

/* Cut anywhere, longer, or with any bit another one: refused. */
static void
test_every_byte_counts(void **state)
{
    struct folder *f = *state;
    char file[4096];

    write_three(f);
    size_t len = slurp(f, file, sizeof(file));

    assert_true(len > FRONT);
    assert_int_equal(parse(f, (struct str){file, len}), RC_OK);
    for (size_t n = 0; n < len; n++) {
        assert_int_equal(parse(f, (struct str){file, n}), RC_INVAL);
    }
    file[len] = '\0';
    assert_int_equal(parse(f, (struct str){file, len + 1}), RC_INVAL);
    for (size_t i = 0; i < len * 8; i++) {
        file[i / 8] = (char)(file[i / 8] ^ 1 << i % 8);
        assert_int_equal(parse(f, (struct str){file, len}), RC_INVAL);
        file[i / 8] = (char)(file[i / 8] ^ 1 << i % 8);
    }
    assert_int_equal(parse(f, (struct str){file, len}), RC_OK);
}

/* The file that was left half written; none: "". */
static void
find_temporary(const struct folder *f, char out[300])
{
    DIR *dir = opendir(f->dir);
    const struct dirent *entry;

    CHECK(dir != NULL);
    out[0] = '\0';
    while ((entry = readdir(dir)) != NULL) {
        if (str_ends(str_of(entry->d_name), STR(SEALED_TEMPORARY))) {
            snprintf(out, 300, "%s/%s", f->dir, entry->d_name);
        }
    }
    closedir(dir);
}

/* A child that dies of SIGXFSZ amid the write, as if by kill -9. */
static void
die_writing(const struct folder *f)
{
    const struct rlimit few = {1000, 1000};
    static char much[100000];
    const struct str part[PARTS] = {{much, sizeof(much)}, {NULL, 0}, {NULL, 0}};
    struct err e;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        (void)setrlimit(RLIMIT_FSIZE, &few);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        _exit(sealed_write(f->path, KIND, part, PARTS, &e) == RC_OK);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

static void
test_killed_while_writing(void **state)
{
    const struct folder *f = *state;
    char left[300], again[300];
    struct sealed *s;
    struct err e;
    int fd;

    write_three(f);
    die_writing(f);
    find_temporary(f, left);
    assert_string_not_equal(left, "");
    assert_int_equal(sealed_open(&s, f->path, KIND, PARTS, &e), RC_OK);
    assert_true(str_eq(sealed_part(s, 0), three[0]));
    sealed_close(&s);

    fd = open(left, O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    sealed_clear(left);
    find_temporary(f, again);
    assert_string_equal(left, again); /* somebody is at it */
    close(fd);
    sealed_clear(left);
    find_temporary(f, again);
    assert_string_equal(again, "");
    sealed_clear(left);
}

static void
test_no_directory(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(sealed_write("/nonexistent/file", KIND, three, PARTS, &e),
                     RC_IO);
    assert_non_null(strstr(e.text, "/nonexistent/file"));
}

/* Too few descriptors are no reason to take the file for a bad one. */
static void
test_no_descriptor_left(void **state)
{
    const struct folder *f = *state;
    struct sealed *s = NULL;
    struct rlimit was, none;
    struct err e;

    write_three(f);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    none = (struct rlimit){0, was.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);

    enum rc rc = sealed_open(&s, f->path, KIND, PARTS, &e);

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    assert_int_equal(rc, RC_NOMEM);
    assert_non_null(strstr(e.text, f->path));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_as_written_so_read),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_killed_while_writing),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_no_descriptor_left),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
