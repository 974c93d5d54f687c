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
