/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option_find.h"
#include "common/base/option_value.h"

/* Where the reading of argv is. */
struct words {
    struct option_set *set;
    char **next;
    char **end;
    uint64_t seen; /* bit i: def[i] was given earlier in this argv */
};

/* A flag as the user wrote it: --name or --name=value. */
struct flag {
    size_t index;
    bool negated;
    struct str name;
    struct str value; /* p is NULL without "=" */
};

static enum rc
unknown_flag(const struct option_set *set, struct str name, struct err *e)
{
    const struct option_def *near = option_nearest(set, name);
    char dashed[OPTION_NAME_MAX];

    if (near == NULL) {
        return err_set(e, RC_INVAL, "unknown flag --%.*s; see --help",
                       STR_ARG(name));
    }
    option_dashed(near, dashed);
    return err_set(e, RC_INVAL, "unknown flag --%.*s; did you mean --%s?",
                   STR_ARG(name), dashed);
}

static enum rc
find_flag(const struct option_set *set, const char *word, struct flag *f,
          struct err *e)
{
    struct str rest = str_of(word + 2);

    *f = (struct flag){.name = str_cut(&rest, '=')};
    f->value = rest;
    f->index = option_find(set, f->name);
    if (f->index == set->n && str_starts(f->name, STR("no-"))) {
        struct str positive = {f->name.p + 3, f->name.len - 3};

        f->index = option_find(set, positive);
        f->negated = true;
    }
    if (f->index == set->n ||
        (f->negated && set->def[f->index].type != OPTION_FLAG)) {
        return unknown_flag(set, f->name, e);
    }
    return RC_OK;
}

/* Is there a word that may be a value? */
static bool
has_value(const struct words *w)
{
    return w->next < w->end && !str_starts(str_of(*w->next), STR("--"));
}

static enum rc
store(struct words *w, const struct flag *f, struct str value, struct err *e)
{
    bool again = (w->seen >> f->index & 1) != 0;
    char label[OPTION_NAME_MAX + 2] = "--";
    enum rc rc;

    option_dashed(&w->set->def[f->index], label + 2);
    rc = option_store(&w->set->def[f->index], w->set->into, value, again, label,
                      e);
    if (rc == RC_OK) {
        w->seen |= UINT64_C(1) << f->index;
        w->set->given |= UINT64_C(1) << f->index;
    }
    return rc;
}

/* The values of a flag without "=": the next word, or all for a LIST. */
static enum rc
take_values(struct words *w, const struct flag *f, struct err *e)
{
    bool list = w->set->def[f->index].type == OPTION_LIST;
    enum rc rc;

    if (!has_value(w)) {
        return err_set(e, RC_INVAL, "--%.*s needs a value; see --help",
                       STR_ARG(f->name));
    }
    do {
        rc = store(w, f, str_of(*w->next++), e);
    } while (rc == RC_OK && list && has_value(w));
    return rc;
}

static enum rc
read_flag(struct words *w, const char *word, struct err *e)
{
    struct flag f;
    enum rc rc = find_flag(w->set, word, &f, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (f.value.p != NULL && !f.negated) {
        return store(w, &f, f.value, e);
    }
    if (f.value.p != NULL) {
        return err_set(e, RC_INVAL, "--%.*s takes no value", STR_ARG(f.name));
    }
    if (w->set->def[f.index].type == OPTION_FLAG) {
        return store(w, &f, f.negated ? STR("false") : STR("true"), e);
    }
    return take_values(w, &f, e);
}

enum rc
option_parse_argv(struct option_set *set, int argc, char **argv, char **rest,
                  int *n_rest, struct err *e)
{
    struct words w = {.set = set, .next = argv, .end = argv + argc};

    *n_rest = 0;
    while (w.next < w.end) {
        char *word = *w.next++;
        enum rc rc;

        if (strcmp(word, "--") == 0) {
            break;
        }
        if (!str_starts(str_of(word), STR("--"))) {
            rest[(*n_rest)++] = word;
            continue;
        }
        rc = read_flag(&w, word, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    while (w.next < w.end) {
        rest[(*n_rest)++] = *w.next++;
    }
    return RC_OK;
}
