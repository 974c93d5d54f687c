/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options: the input as a config file, then as flags, one a line. What was
 * taken must print as a file that reads back to the same.
 */
#include "common/base/check.h"
#include "common/base/option.h"

#include <stdlib.h>

#define NARG 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_OPTION(X)                                                         \
    X(threads, UINT, "4", "", 1, 256, "")                                      \
    X(force, FLAG, NULL, "", 0, 0, "")                                         \
    X(name, TEXT, NULL, "", 0, 0, "")                                          \
    X(memory, SIZE, "64MiB", "", 0, 0, "")                                     \
    X(max_age, DURATION, "1d", "s", 0, 0, "")                                  \
    X(kind, CHOICE, "a", "a|b", 0, 0, "")                                      \
    X(input, LIST, NULL, "", 0, 0, "")

struct options {
    FUZZ_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct options

static const struct option_def defs[] = {FUZZ_OPTION(OPTION_DEF)};

static struct option_set
make_set(struct options *into)
{
    struct option_set set = {
        .def = defs, .n = sizeof(defs) / sizeof(defs[0]), .into = into};
    struct err e;

    CHECK(option_defaults(&set, &e) == RC_OK);
    return set;
}

static char *
print(const struct option_set *set)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    CHECK(out != NULL);
    option_print(set, out);
    CHECK(fclose(out) == 0);
    return text;
}

static void
check_print(const struct option_set *set)
{
    struct options again;
    struct option_set other = make_set(&again);
    char *before = print(set);
    struct err e;
    char *after;

    CHECK(option_parse_text(&other, "print", str_of(before), &e) == RC_OK);
    after = print(&other);
    CHECK(strcmp(before, after) == 0);
    free(before);
    free(after);
    option_free(&other);
}

/* The lines of text, which is cut up, as argv. */
static int
split(char *text, char **argv)
{
    char *next = text;
    int argc = 0;

    while (next != NULL && argc < NARG) {
        char *end = strchr(next, '\n');

        argv[argc++] = next;
        next = end == NULL ? NULL : end + 1;
        if (end != NULL) {
            *end = '\0';
        }
    }
    return argc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    struct options options;
    struct option_set set = make_set(&options);
    char *text = str_dup(s);
    char *argv[NARG];
    char *rest[NARG];
    struct err e;
    int n_rest;

    CHECK(text != NULL);
    if (option_parse_text(&set, "fuzz", s, &e) == RC_OK) {
        check_print(&set);
    }
    if (option_parse_argv(&set, split(text, argv), argv, rest, &n_rest, &e) ==
        RC_OK) {
        check_print(&set);
    }
    option_free(&set);
    free(text);
    return 0;
}
