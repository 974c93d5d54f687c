/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option_find.h"
#include "common/base/option_value.h"

#define WIDTH     80
#define TEXT_FROM 28
#define TEXT_MAX  512

/* What stands for the value behind the flag; "" for none. */
static const char *
placeholder(const struct option_def *def)
{
    bool named = def->unit != NULL && def->unit[0] != '\0';

    switch (def->type) {
    case OPTION_FLAG:
        return "";
    case OPTION_TEXT:
    case OPTION_LIST:
        return named ? def->unit : "TEXT";
    case OPTION_CHOICE:
        return def->unit;
    case OPTION_SIZE:
        return "SIZE";
    case OPTION_DURATION:
        return "TIME";
    case OPTION_UINT:
    case OPTION_REAL:
        break;
    }
    return "N";
}

/*
 * "; " and the range of a number, and its unit, where it has any. What sizes
 * and times look like is option_help_values()'s to say.
 */
static void
put_range(struct buf *out, const struct option_def *def)
{
    bool ranged = def->min != 0 || def->max != 0;
    bool has_unit = def->type != OPTION_SIZE && def->type != OPTION_DURATION &&
                    def->unit != NULL && def->unit[0] != '\0';
    char min[OPTION_NUMBER_MAX];
    char max[OPTION_NUMBER_MAX];

    if (ranged) {
        option_format_number(def->type, def->min, min);
        option_format_number(def->type, def->max, max);
        buf_printf(out, "; %s to %s", min, max);
    }
    if (has_unit) {
        buf_printf(out, ranged ? " %s" : "; in %s", def->unit);
    }
}

static void
put_text(struct buf *out, const struct option_def *def)
{
    bool number = def->type == OPTION_UINT || def->type == OPTION_REAL ||
                  def->type == OPTION_SIZE || def->type == OPTION_DURATION;

    buf_c(out, def->help);
    if (number) {
        put_range(out, def);
    }
    if (def->def != NULL && def->def[0] != '\0') {
        buf_printf(out, " [%s]", def->def);
    }
}

/* Print text from column TEXT_FROM on, broken at blanks. */
static void
print_wrapped(struct str text, FILE *out)
{
    size_t column = TEXT_FROM;

    while (text.p != NULL) {
        struct str word = str_cut(&text, ' ');

        if (column > TEXT_FROM && column + 1 + word.len > WIDTH) {
            fprintf(out, "\n%*s", TEXT_FROM, "");
            column = TEXT_FROM;
        }
        if (column > TEXT_FROM) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", STR_ARG(word));
        column += word.len;
    }
    fputc('\n', out);
}

static void
print_option(const struct option_def *def, FILE *out)
{
    const char *value = placeholder(def);
    bool list = def->type == OPTION_LIST;
    char dashed[OPTION_NAME_MAX];
    struct buf text;
    int n;

    option_dashed(def, dashed);
    n = fprintf(out, "  --%s%s%s%s", dashed, value[0] == '\0' ? "" : " ", value,
                list ? "..." : "");
    if (n + 2 > TEXT_FROM) {
        fputc('\n', out);
        n = 0;
    }
    fprintf(out, "%*s", TEXT_FROM - n, "");
    buf_init(&text, TEXT_MAX);
    put_text(&text, def);
    print_wrapped(buf_view(&text), out);
    buf_fini(&text);
}

void
option_help(const struct option_set *set, FILE *out)
{
    for (size_t i = 0; i < set->n; i++) {
        print_option(&set->def[i], out);
    }
}

void
option_help_values(FILE *out)
{
    fputs("A SIZE is a number of bytes, or 64KiB, 512MiB, 2GiB; a TIME is a "
          "number of\nseconds, or 500ms, 30s, 5m, 1h, 2d. --name VALUE and "
          "--name=VALUE are the same,\n--no-name takes a flag back.\n",
          out);
}

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
