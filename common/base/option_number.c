/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes and times are plain numbers, of bytes and nanoseconds, whatever unit
 * they were given in.
 */
#include "common/base/option_value.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

enum rc
option_store_number(const struct option_def *def, void *field, struct str value,
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
