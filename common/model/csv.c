/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record without a quote is cut at its delimiters. A cell that opens with a
 * quote ends at the first quote that no other one follows:
 *
 *   "a ""b"", c",d      ->  a "b", c   and   d
 *
 * It is a view of the record, unless quotes were doubled: then it is copied to
 * scratch, once. A header keeps copies of its names, for it outlives the line.
 */
#include "common/model/csv.h"

#include "common/base/check.h"

#include <stdlib.h>

struct csv_header {
    size_t n;
    struct str *name; /* views of text */
    char *text;
};

struct str
csv_strip_cr(struct str line)
{
    line.len -= line.len > 0 && line.p[line.len - 1] == '\r';
    return line;
}

/*
 * s begins behind the opening quote; returns the closing one, NULL without.
 * Counts the doubled quotes on the way.
 */
static const char *
find_close(struct str s, size_t *ndouble)
{
    const char *end = s.p + s.len;
    const char *p = s.p;

    *ndouble = 0;
    while (p < end && (p = memchr(p, '"', (size_t)(end - p))) != NULL) {
        if (p + 1 == end || p[1] != '"') {
            return p;
        }
        (*ndouble)++;
        p += 2;
    }
    return NULL;
}

/* Copy s with its doubled quotes made single. */
static struct str
undouble(struct str s, char **scratch)
{
    char *to = *scratch;
    struct str out = {to, 0};

    for (size_t i = 0; i < s.len; i++) {
        *to++ = s.p[i];
        i += s.p[i] == '"';
    }
    out.len = (size_t)(to - out.p);
    *scratch = to;
    return out;
}

bool
csv_next(struct str *rest, char delimiter, char **scratch, struct str *cell)
{
    struct str inner = {rest->p + 1, rest->len - 1};
    const char *close;
    size_t ndouble;

    if (rest->len == 0 || rest->p[0] != '"') {
        *cell = str_cut(rest, delimiter);
        return true;
    }
    close = find_close(inner, &ndouble);
    if (close == NULL) {
        return false;
    }
    *cell = (struct str){inner.p, (size_t)(close - inner.p)};
    if (ndouble > 0) {
        *cell = undouble(*cell, scratch);
    }
    rest->len -= (size_t)(close + 1 - rest->p);
    rest->p = close + 1;
    return str_cut(rest, delimiter).len == 0;
}

size_t
csv_count(struct str line, char delimiter)
{
    size_t n = 0, ndouble;

    line = csv_strip_cr(line);
    while (line.p != NULL) {
        if (line.len > 0 && line.p[0] == '"') {
            struct str inner = {line.p + 1, line.len - 1};
            const char *close = find_close(inner, &ndouble);

            if (close == NULL) {
                return n;
            }
            line.len -= (size_t)(close - line.p);
            line.p = close;
        }
        (void)str_cut(&line, delimiter);
        n++;
    }
    return n;
}

/* Commas in quotes count too: there are no more cells than this. */
static size_t
most_cells(struct str line, char delimiter)
{
    size_t n = 1;

    for (size_t i = 0; i < line.len; i++) {
        n += line.p[i] == delimiter;
    }
    return n;
}

/* The text of a name is copied, so that each ends in a NUL. */
static void
add_name(struct csv_header *h, struct str name, char **text)
{
    h->name[h->n++] = (struct str){*text, name.len};
    memcpy(*text, name.p, name.len);
    (*text)[name.len] = '\0';
    *text += name.len + 1;
}

static enum rc
split(struct csv_header *h, struct str line, char delimiter, char *scratch,
      struct err *e)
{
    char *text = h->text;
    struct str name;

    while (line.p != NULL) {
        if (!csv_next(&line, delimiter, &scratch, &name)) {
            return err_set(e, RC_REFUSED,
                           "column %zu of the header has a quote that is not "
                           "closed, or text behind it",
                           h->n + 1);
        }
        if (name.len == 0) {
            return err_set(e, RC_REFUSED,
                           "column %zu of the header has no name", h->n + 1);
        }
        add_name(h, name, &text);
    }
    return RC_OK;
}

static int
compare_names(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum rc
refuse_twice(const struct csv_header *h, struct str *sorted, struct err *e)
{
    memcpy(sorted, h->name, h->n * sizeof(*sorted));
    qsort(sorted, h->n, sizeof(*sorted), compare_names);
    for (size_t i = 1; i < h->n; i++) {
        if (str_eq(sorted[i - 1], sorted[i])) {
            return err_set(e, RC_REFUSED, "the header names '%.*s' twice",
                           STR_ARG(sorted[i]));
        }
    }
    return RC_OK;
}

static struct str
drop_bom(struct str line)
{
    static const char bom[] = "\xef\xbb\xbf";

    if (str_starts(line, STR(bom))) {
        line.p += 3;
        line.len -= 3;
    }
    return line;
}

enum rc
csv_header_create(struct csv_header **out, struct str line, char delimiter,
                  struct err *e)
{
    struct csv_header *h = calloc(1, sizeof(*h));
    struct str text = drop_bom(csv_strip_cr(line));
    size_t ncell = most_cells(text, delimiter);
    struct str *sorted = calloc(ncell, sizeof(*sorted));
    char *scratch = malloc(text.len + 1);
    enum rc rc = RC_NOMEM;

    if (h == NULL || sorted == NULL || scratch == NULL) {
        goto out;
    }
    h->name = calloc(ncell, sizeof(*h->name));
    h->text = malloc(text.len + ncell);
    if (h->name == NULL || h->text == NULL) {
        goto out;
    }
    rc = split(h, text, delimiter, scratch, e);
    if (rc == RC_OK) {
        rc = refuse_twice(h, sorted, e);
    }
    if (rc == RC_OK) {
        *out = h;
        h = NULL;
    }
out:
    csv_header_destroy(&h);
    free(sorted);
    free(scratch);
    return rc == RC_NOMEM ? err_set(e, rc, "out of memory") : rc;
}

void
csv_header_destroy(struct csv_header **h)
{
    struct csv_header *old = *h;

    *h = NULL;
    if (old != NULL) {
        free(old->name);
        free(old->text);
        free(old);
    }
}

size_t
csv_header_size(const struct csv_header *h)
{
    return h->n;
}

struct str
csv_header_name(const struct csv_header *h, size_t i)
{
    CHECK(i < h->n);
    return h->name[i];
}

ptrdiff_t
csv_header_find(const struct csv_header *h, struct str name)
{
    for (size_t i = 0; i < h->n; i++) {
        if (str_eq(h->name[i], name)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}
