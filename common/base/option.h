/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * option - one table is the struct, the flags, the config file and --help.
 *
 *   #define SERVE_OPTION(X)                                                  \
 *       X(threads, UINT, "4", "", 1, 256, "worker threads")
 *
 *   struct serve_options { SERVE_OPTION(OPTION_FIELD) };
 *   #define OPTION_OWNER struct serve_options
 *   static const struct option_def defs[] = { SERVE_OPTION(OPTION_DEF) };
 *
 * The flag of field max_age is --max-age, its line in a config file
 * `max-age = 1d`. What is given later wins, so defaults are filled in first,
 * then the file is read, then the flags.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The C type of each option type. Strings are owned by the struct. */
typedef uint64_t option_uint;
typedef double option_real;
typedef bool option_flag;         /* --force, no value */
typedef char *option_text;        /* NULL or a heap copy */
typedef uint64_t option_size;     /* bytes: 64MiB */
typedef uint64_t option_duration; /* ns; a bare number is in def.unit */
typedef char *option_choice;      /* one of those in def.unit */
typedef struct option_list {
    char **item;
    size_t n;
} option_list; /* --input A B --input C: every value, in order */

enum option_type {
    OPTION_UINT,
    OPTION_REAL,
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_SIZE,
    OPTION_DURATION,
    OPTION_CHOICE,
    OPTION_LIST,
};

struct option_def {
    const char *name; /* as the field: words joined by _ */
    enum option_type type;
    size_t offset;
    const char *def;   /* default as text, NULL: zero, empty or off */
    const char *unit;  /* shown in --help; CHOICE: the choices, a|b|c;
                          DURATION: unit of a bare number (ms, s) */
    uint64_t min, max; /* of numbers (DURATION: ns); 0, 0: any */
    const char *help;
};

#define OPTION_CTYPE_UINT     option_uint
#define OPTION_CTYPE_REAL     option_real
#define OPTION_CTYPE_FLAG     option_flag
#define OPTION_CTYPE_TEXT     option_text
#define OPTION_CTYPE_SIZE     option_size
#define OPTION_CTYPE_DURATION option_duration
#define OPTION_CTYPE_CHOICE   option_choice
#define OPTION_CTYPE_LIST     option_list

/*
 * For use with an X-table: the struct's field, and the def of a field. Define
 * OPTION_OWNER as the struct's type before using OPTION_DEF.
 */
#define OPTION_FIELD(name, type, def, unit, min, max, help)                    \
    OPTION_CTYPE_##type name;
#define OPTION_DEF(name, type, def, unit, min, max, help)                      \
    {#name, OPTION_##type, offsetof(OPTION_OWNER, name), def, unit, min,       \
     max,   help},

/* A command's options and where they go. */
struct option_set {
    const struct option_def *def;
    size_t n; /* at most 64 */
    void *into;
    uint64_t given; /* bit i: something other than the default set def[i] */
};

/* Fill in the defaults. RC_NOMEM only (a bad default is CHECKed). */
MUST_USE enum rc option_defaults(struct option_set *set, struct err *e);

/*
 * Read flags: --name value, --name=value, --flag, --no-flag. A LIST takes
 * every following word up to the next that starts with "--" (a lone "-" is a
 * value); "--" ends the flags. Words that are not flags are left in *rest
 * (views of argv, n_rest of them, room for argc). RC_INVAL names the flag,
 * what was given and what is allowed, and the nearest name for a typo.
 */
MUST_USE enum rc option_parse_argv(struct option_set *set, int argc,
                                   char **argv, char **rest, int *n_rest,
                                   struct err *e);

/*
 * Read `name = value` lines; blank lines are skipped; # begins a comment at
 * the start of a line or after a blank; `name = true|false` for flags; a LIST
 * has a line per value. A value in double quotes keeps its blanks and #, and
 * knows \\ \" and \n. RC_INVAL as "file:line: ...", RC_IO when unreadable.
 */
MUST_USE enum rc option_parse_file(struct option_set *set, const char *path,
                                   struct err *e);

/* The same on a text already read; `name` is what errors call the file. */
MUST_USE enum rc option_parse_text(struct option_set *set, const char *name,
                                   struct str text, struct err *e);

/* Set one option by name, as a config line would. */
MUST_USE enum rc option_set_value(struct option_set *set, struct str name,
                                  struct str value, struct err *e);

/* True once a flag, a file or option_set_value gave it. */
bool option_given(const struct option_set *set, const char *name);

/* The flags with unit, default and help, wrapped at 80 columns. */
void option_help(const struct option_set *set, FILE *out);

/* How values are written, to stand below option_help(); DURATIONs are in s. */
void option_help_values(FILE *out);

/* What is in force, as a config file that reads back to the same. */
void option_print(const struct option_set *set, FILE *out);

/* Frees the strings and lists in set->into. */
void option_free(struct option_set *set);
