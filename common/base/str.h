/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * str - a run of bytes somebody else owns. Any byte is legal, there is no
 * terminating NUL to count on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *p;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* printf's "%.*s" takes STR_ARG(s). */
#define STR_ARG(s) (int)(s).len, (s).p

/* View of a C string; NULL gives an empty str. */
static inline struct str
str_of(const char *c)
{
    return (struct str){c, c == NULL ? 0 : strlen(c)};
}

static inline bool
str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* ASCII case-insensitive. */
bool str_eq_nocase(struct str a, struct str b);

/* Step over the first byte if it is a or b; was it? */
bool str_skip(struct str *s, char a, char b);

/* -1, 0 or 1 by bytes, a prefix first. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* s without what is_blank is true of at either end. */
static inline struct str
str_strip(struct str s, bool (*is_blank)(char))
{
    while (s.len > 0 && is_blank(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.p[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* s without blanks (space, tab, CR, LF) at either end. */
struct str str_trim(struct str s);

/*
 * Cut *rest at the first sep: the part before it is returned, *rest is what
 * follows. Without a sep all is returned and *rest becomes {NULL, 0}.
 * Loop while rest.p != NULL.
 */
struct str str_cut(struct str *rest, char sep);

/* Heap copy with a NUL behind it, NULL when out of memory. free() it. */
char *str_dup(struct str s);

/*
 * Copy into out (cap bytes, NUL terminated). False, and out is "", when it
 * does not fit or s contains a NUL.
 */
bool str_copy(struct str s, char *out, size_t cap);

/* True if s is printable ASCII that JSON writes as it is: no '"', no '\'. */
bool str_is_plain(struct str s);

/* True if s is well-formed UTF-8 (no surrogates, nothing above U+10FFFF). */
bool str_is_utf8(struct str s);
