/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be done with the value of an option: store it from text, put it
 * back to nothing, and, of a number, say it as text. These are switches over
 * the types; a type is added here and, for its looks, in option_help.c and
 * option_print.c.
 *
 * Text, choices and lists are heap copies that the struct owns, so a later
 * flag frees what an earlier one gave. Sizes and times are plain numbers, of
 * bytes and nanoseconds, whatever unit they were given in.
 */
#include "common/base/option_value.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit size_units[] = {
    {"GiB", UINT64_C(1) << 30},
    {"MiB", UINT64_C(1) << 20},
    {"KiB", UINT64_C(1) << 10},
    {"", 1},
};

static const struct unit duration_units[] = {
    {"d", UINT64_C(86400000000000)},
    {"h", UINT64_C(3600000000000)},
    {"m", UINT64_C(60000000000)},
    {"s", UINT64_C(1000000000)},
    {"ms", UINT64_C(1000000)},
    {"us", UINT64_C(1000)},
    {"ns", 1},
};

static const struct unit plain[] = {{"", 1}};

static const struct unit *
units_of(enum option_type type)
{
    return type == OPTION_SIZE       ? size_units
           : type == OPTION_DURATION ? duration_units
                                     : plain;
}

void
option_format_number(enum option_type type, uint64_t v,
                     char out[OPTION_NUMBER_MAX])
{
    const struct unit *unit = units_of(type);

    /* The last unit divides everything; 0 is 0 in any. */
    while (v % unit->factor != 0 || (v == 0 && unit->factor != 1)) {
        unit++;
    }
    snprintf(out, OPTION_NUMBER_MAX, "%" PRIu64 "%s", v / unit->factor,
             unit->name);
}

static bool
parse_number(const struct option_def *def, struct str value, uint64_t *v)
{
    uint64_t unit_ns = 0;

    if (def->type == OPTION_UINT) {
        return number_parse_u64(value, v);
    }
    if (def->type == OPTION_SIZE) {
        return number_parse_size(value, v);
    }
    for (size_t i = 0; i < sizeof(duration_units) / sizeof(struct unit); i++) {
        if (strcmp(duration_units[i].name, def->unit) == 0) {
            unit_ns = duration_units[i].factor;
        }
    }
    CHECK(unit_ns != 0);
    return number_parse_duration(value, unit_ns, v);
}

static const char *
number_example(enum option_type type)
{
    return type == OPTION_SIZE       ? "a size such as 64MiB"
           : type == OPTION_DURATION ? "a time such as 250ms, 5s, 10m or 7d"
                                     : "a whole number";
}

static enum rc
store_number(const struct option_def *def, void *field, struct str value,
             const char *label, struct err *e)
{
    uint64_t v;

    if (!parse_number(def, value, &v)) {
        return err_set(e, RC_INVAL, "%s must be %s, got \"%.*s\"", label,
                       number_example(def->type), STR_ARG(value));
    }
    if ((def->min != 0 || def->max != 0) && (v < def->min || v > def->max)) {
        char min[OPTION_NUMBER_MAX];
        char max[OPTION_NUMBER_MAX];

        option_format_number(def->type, def->min, min);
        option_format_number(def->type, def->max, max);
        return err_set(e, RC_INVAL, "%s must be %s..%s, got %.*s", label, min,
                       max, STR_ARG(value));
    }
    *(uint64_t *)field = v;
    return RC_OK;
}

static enum rc
store_real(const struct option_def *def, void *field, struct str value,
           const char *label, struct err *e)
{
    char text[OPTION_NUMBER_MAX];
    char *end = text;
    double v = 0;

    if (str_copy(value, text, sizeof(text)) && value.len > 0 &&
        value.p[0] != ' ') {
        v = strtod(text, &end);
    }
    if (end == text || *end != '\0' || !isfinite(v)) {
        return err_set(e, RC_INVAL, "%s must be a number, got \"%.*s\"", label,
                       STR_ARG(value));
    }
    if ((def->min != 0 || def->max != 0) &&
        (v < (double)def->min || v > (double)def->max)) {
        return err_set(e, RC_INVAL,
                       "%s must be %" PRIu64 "..%" PRIu64 ", got %.*s", label,
                       def->min, def->max, STR_ARG(value));
    }
    *(option_real *)field = v;
    return RC_OK;
}

static enum rc
store_flag(void *field, struct str value, const char *label, struct err *e)
{
    bool on = str_eq(value, STR("true"));

    if (!on && !str_eq(value, STR("false"))) {
        return err_set(e, RC_INVAL, "%s must be true or false, got \"%.*s\"",
                       label, STR_ARG(value));
    }
    *(option_flag *)field = on;
    return RC_OK;
}

static enum rc
copy_text(struct str value, char **copy, const char *label, struct err *e)
{
    if (value.len > 0 && memchr(value.p, '\0', value.len) != NULL) {
        return err_set(e, RC_INVAL, "%s must not contain a NUL byte", label);
    }
    *copy = str_dup(value);
    if (*copy == NULL) {
        return err_set(e, RC_NOMEM, "%s: out of memory", label);
    }
    return RC_OK;
}

static enum rc
store_text(void *field, struct str value, const char *label, struct err *e)
{
    char *copy;
    enum rc rc = copy_text(value, &copy, label, e);

    if (rc == RC_OK) {
        free(*(option_text *)field);
        *(option_text *)field = copy;
    }
    return rc;
}

static enum rc
store_choice(const struct option_def *def, void *field, struct str value,
             const char *label, struct err *e)
{
    struct str rest = str_of(def->unit); /* cut at '|' */

    while (rest.p != NULL) {
        if (str_eq(str_cut(&rest, '|'), value)) {
            return store_text(field, value, label, e);
        }
    }
    return err_set(e, RC_INVAL, "%s must be one of %s, got \"%.*s\"", label,
                   def->unit, STR_ARG(value));
}

static enum rc
store_item(struct option_list *list, struct str value, const char *label,
           struct err *e)
{
    char **grown = realloc(list->item, (list->n + 1) * sizeof(*grown));
    enum rc rc;

    if (grown == NULL) {
        return err_set(e, RC_NOMEM, "%s: out of memory", label);
    }
    list->item = grown;
    rc = copy_text(value, &list->item[list->n], label, e);
    list->n += rc == RC_OK;
    return rc;
}

void
option_zero(const struct option_def *def, void *into)
{
    void *field = (char *)into + def->offset;

    switch (def->type) {
    case OPTION_UINT:
    case OPTION_SIZE:
    case OPTION_DURATION:
        *(uint64_t *)field = 0;
        break;
    case OPTION_REAL:
        *(option_real *)field = 0;
        break;
    case OPTION_FLAG:
        *(option_flag *)field = false;
        break;
    case OPTION_TEXT:
    case OPTION_CHOICE:
        *(option_text *)field = NULL;
        break;
    case OPTION_LIST:
        *(option_list *)field = (option_list){0};
        break;
    }
}

void
option_reset(const struct option_def *def, void *into)
{
    void *field = (char *)into + def->offset;

    if (def->type == OPTION_TEXT || def->type == OPTION_CHOICE) {
        free(*(option_text *)field);
    }
    if (def->type == OPTION_LIST) {
        option_list *list = field;

        for (size_t i = 0; i < list->n; i++) {
            free(list->item[i]);
        }
        free(list->item);
    }
    option_zero(def, into);
}

enum rc
option_store(const struct option_def *def, void *into, struct str value,
             bool append, const char *label, struct err *e)
{
    void *field = (char *)into + def->offset;

    switch (def->type) {
    case OPTION_REAL:
        return store_real(def, field, value, label, e);
    case OPTION_FLAG:
        return store_flag(field, value, label, e);
    case OPTION_TEXT:
        return store_text(field, value, label, e);
    case OPTION_CHOICE:
        return store_choice(def, field, value, label, e);
    case OPTION_LIST:
        if (!append) {
            option_reset(def, into);
        }
        return store_item(field, value, label, e);
    case OPTION_UINT:
    case OPTION_SIZE:
    case OPTION_DURATION:
        break;
    }
    return store_number(def, field, value, label, e);
}
