/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/manifest.h"

#include "common/base/number.h"
#include "common/table/manifest_field.h"

static const struct manifest_field fields[] = {
    {"live", MANIFEST_U64, MANIFEST_AT(manifest, live)},
    {"live_uid", MANIFEST_TEXT, MANIFEST_AT(manifest, live_uid)},
    {"previous", MANIFEST_U64, MANIFEST_AT(manifest, previous)},
    {"previous_uid", MANIFEST_TEXT, MANIFEST_AT(manifest, previous_uid)},
    {"last", MANIFEST_U64, MANIFEST_AT(manifest, last)},
    {"seq", MANIFEST_U64, MANIFEST_AT(manifest, seq)},
    {"bad", MANIFEST_TEXT, MANIFEST_AT(manifest, bad)},
    {"left", MANIFEST_TEXT, MANIFEST_AT(manifest, left)},
    {"writer", MANIFEST_TEXT, MANIFEST_AT(manifest, writer)},
    {"writer_until_ms", MANIFEST_U64, MANIFEST_AT(manifest, writer_until_ms)},
};

enum rc
manifest_set(struct manifest *m, struct str field, struct str value,
             struct err *e)
{
    return manifest_field_set(fields, MANIFEST_COUNT(fields), m, "manifest",
                              field, value, e);
}

/* The entry of list "a,b@x,c" whose number is gen; p is NULL if none. */
static struct str
find_in_list(const char *list, uint64_t gen)
{
    struct str rest = str_of(list);

    while (rest.p != NULL) {
        struct str entry = str_cut(&rest, ',');
        struct str tail = entry;
        uint64_t n;

        if (number_parse_u64(str_cut(&tail, '@'), &n) && n == gen) {
            return entry;
        }
    }
    return (struct str){NULL, 0};
}

bool
manifest_is_bad(const struct manifest *m, uint64_t gen)
{
    return find_in_list(m->bad, gen).p != NULL;
}

uint64_t
manifest_left_ms(const struct manifest *m, uint64_t gen)
{
    struct str entry = find_in_list(m->left, gen);
    uint64_t ms = 0;

    if (entry.p != NULL) {
        (void)str_cut(&entry, '@');
        if (entry.p != NULL && !number_parse_u64(entry, &ms)) {
            ms = 0;
        }
    }
    return ms;
}
