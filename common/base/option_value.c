/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be done with the value of an option: store it from text, and put it
 * back to nothing. These are switches over the types; a type is added here and,
 * for its looks, in option_help.c and option_print.c.
 *
 * Text, choices and lists are heap copies that the struct owns, so a later
 * flag frees what an earlier one gave.
 */
#include "common/base/option_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

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
    return option_store_number(def, field, value, label, e);
}
