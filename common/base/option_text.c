/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option_find.h"
#include "common/base/option_value.h"

#include <errno.h>

#define FILE_MAX  (1u << 20)
#define LABEL_MAX 512

/* One line of a config file, and what errors call it. */
struct line {
    const char *file; /* NULL outside a file */
    unsigned number;
    struct str name;
    struct str value;
};

static void
where(const struct line *l, char out[LABEL_MAX])
{
    out[0] = '\0';
    if (l->file != NULL) {
        snprintf(out, LABEL_MAX, "%.400s:%u: ", l->file, l->number);
    }
}

/* Set the line's option; bits in seen are options that were set before. */
static enum rc
set_line(struct option_set *set, const struct line *l, uint64_t *seen,
         struct err *e)
{
    size_t i = option_find(set, l->name);
    char label[LABEL_MAX + OPTION_NAME_MAX];
    char dashed[OPTION_NAME_MAX];
    const struct option_def *near;
    enum rc rc;

    where(l, label);
    if (i < set->n) {
        option_dashed(&set->def[i], label + strlen(label));
        rc = option_store(&set->def[i], set->into, l->value,
                          (*seen >> i & 1) != 0, label, e);
        if (rc == RC_OK) {
            *seen |= UINT64_C(1) << i;
            set->given |= UINT64_C(1) << i;
        }
        return rc;
    }
    near = option_nearest(set, l->name);
    if (near == NULL) {
        return err_set(e, RC_INVAL, "%sunknown option %.*s", label,
                       STR_ARG(l->name));
    }
    option_dashed(near, dashed);
    return err_set(e, RC_INVAL, "%sunknown option %.*s; did you mean %s?",
                   label, STR_ARG(l->name), dashed);
}

/* Without what follows a # at the start or after a blank. */
static struct str
cut_comment(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '#' &&
            (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t')) {
            s.len = i;
        }
    }
    return str_trim(s);
}

/*
 * Undo the quotes and escapes of s, which begins with a quote, into out.
 * False when it does not end as it should.
 */
static bool
unquote(struct str s, struct buf *out)
{
    for (size_t i = 1; i < s.len; i++) {
        char c = s.p[i];

        if (c == '"') {
            return cut_comment((struct str){s.p + i + 1, s.len - i - 1}).len ==
                   0;
        }
        if (c == '\\') {
            if (++i == s.len || strchr("\\\"n", s.p[i]) == NULL) {
                return false;
            }
            c = s.p[i] == 'n' ? '\n' : s.p[i];
        }
        buf_char(out, c);
    }
    return false;
}

static enum rc
read_line(struct option_set *set, struct line *l, struct str text,
          uint64_t *seen, struct buf *scratch, struct err *e)
{
    struct str rest = text;
    char label[LABEL_MAX];

    where(l, label);
    l->name = str_trim(str_cut(&rest, '='));
    if (rest.p == NULL || l->name.len == 0) {
        return err_set(e, RC_INVAL, "%snot of the form name = value: %.*s",
                       label, (int)(text.len < 200 ? text.len : 200), text.p);
    }
    rest = str_trim(rest);
    if (rest.len == 0 || rest.p[0] != '"') {
        l->value = cut_comment(rest);
        return set_line(set, l, seen, e);
    }
    buf_clear(scratch);
    if (!unquote(rest, scratch)) {
        return err_set(e, RC_INVAL, "%s%.*s: the quotes do not match", label,
                       STR_ARG(l->name));
    }
    if (buf_failed(scratch)) {
        return err_set(e, RC_NOMEM, "%sout of memory", label);
    }
    l->value = buf_view(scratch);
    return set_line(set, l, seen, e);
}

enum rc
option_parse_text(struct option_set *set, const char *name, struct str text,
                  struct err *e)
{
    struct line l = {.file = name};
    uint64_t seen = 0;
    struct buf scratch;
    enum rc rc = RC_OK;

    buf_init(&scratch, text.len);
    while (text.p != NULL && rc == RC_OK) {
        struct str line = str_trim(str_cut(&text, '\n'));

        l.number++;
        if (line.len > 0 && line.p[0] != '#') {
            rc = read_line(set, &l, line, &seen, &scratch, e);
        }
    }
    buf_fini(&scratch);
    return rc;
}

static enum rc
read_file(FILE *f, const char *path, struct buf *text, struct err *e)
{
    size_t n;

    do {
        char *to = buf_reserve(text, 4096);

        if (to == NULL) {
            return err_set(e, RC_INVAL, "%s: larger than %u bytes", path,
                           FILE_MAX);
        }
        n = fread(to, 1, 4096, f);
        text->len += n;
    } while (n > 0);
    if (ferror(f)) {
        return err_set(e, RC_IO, "cannot read %s: %s", path, strerror(errno));
    }
    return RC_OK;
}

enum rc
option_parse_file(struct option_set *set, const char *path, struct err *e)
{
    FILE *f = fopen(path, "re");
    struct buf text;
    enum rc rc;

    if (f == NULL) {
        return err_set(e, RC_IO, "cannot open %s: %s", path, strerror(errno));
    }
    buf_init(&text, FILE_MAX);
    rc = read_file(f, path, &text, e);
    if (rc == RC_OK) {
        rc = option_parse_text(set, path, buf_view(&text), e);
    }
    buf_fini(&text);
    fclose(f);
    return rc;
}

enum rc
option_set_value(struct option_set *set, struct str name, struct str value,
                 struct err *e)
{
    struct line l = {.name = name, .value = value};
    uint64_t seen = 0;

    return set_line(set, &l, &seen, e);
}
