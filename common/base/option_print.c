/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option_find.h"
#include "common/base/option_value.h"

static bool
needs_quotes(struct str s)
{
    struct str trimmed = str_trim(s);

    if (trimmed.len != s.len) {
        return true;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '#' || s.p[i] == '"' || s.p[i] == '\n') {
            return true;
        }
    }
    return false;
}

static void
print_line(const char *name, struct str value, FILE *out)
{
    if (!needs_quotes(value)) {
        fprintf(out, "%s = %.*s\n", name, STR_ARG(value));
        return;
    }
    fprintf(out, "%s = \"", name);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.p[i];

        if (c == '\n') {
            fputs("\\n", out);
            continue;
        }
        if (c == '"' || c == '\\') {
            fputc('\\', out);
        }
        fputc(c, out);
    }
    fputs("\"\n", out);
}

/* A value that nothing gave, and that no text says. */
static void
print_unset(const char *name, FILE *out)
{
    fprintf(out, "# %s =\n", name);
}

static void
print_list(const char *name, const struct option_list *list, FILE *out)
{
    for (size_t i = 0; i < list->n; i++) {
        print_line(name, str_of(list->item[i]), out);
    }
    if (list->n == 0) {
        print_unset(name, out);
    }
}

static void
print_value(const struct option_def *def, const void *field, const char *name,
            FILE *out)
{
    char number[OPTION_NUMBER_MAX];
    const char *text;

    switch (def->type) {
    case OPTION_FLAG:
        text = *(const option_flag *)field ? "true" : "false";
        break;
    case OPTION_TEXT:
    case OPTION_CHOICE:
        text = *(const option_text *)field;
        break;
    case OPTION_LIST:
        print_list(name, field, out);
        return;
    case OPTION_REAL:
        snprintf(number, sizeof(number), "%.15g", *(const option_real *)field);
        text = number;
        break;
    default:
        option_format_number(def->type, *(const uint64_t *)field, number);
        text = number;
        break;
    }
    if (text == NULL) {
        print_unset(name, out);
        return;
    }
    print_line(name, str_of(text), out);
}

void
option_print(const struct option_set *set, FILE *out)
{
    char dashed[OPTION_NAME_MAX];

    for (size_t i = 0; i < set->n; i++) {
        const struct option_def *def = &set->def[i];

        option_dashed(def, dashed);
        print_value(def, (const char *)set->into + def->offset, dashed, out);
    }
}
