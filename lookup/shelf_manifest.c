/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of Redis' manifest, and read by its reader: what it may not say
 * there it may not say here.
 */
#include "lookup/shelf_manifest.h"

#include "common/base/number.h"
#include "common/table/fields.h"
#include "common/table/sealed.h"

#include <stdlib.h>

#define KIND       0x4d000001u /* of file, its format in it */
#define PARTS      1
#define FIELDS_MAX 4096

static void
put_number(struct buf *fields, struct str name, uint64_t n)
{
    char text[20];

    fields_put(fields, name, (struct str){text, number_format_u64(n, text)});
}

enum rc
shelf_manifest_write(const struct shelf_manifest *m, const char *path,
                     struct err *e)
{
    struct buf fields;
    struct str part;
    enum rc rc;

    buf_init(&fields, FIELDS_MAX);
    put_number(&fields, STR("live"), m->live);
    put_number(&fields, STR("seq"), m->seq);
    fields_put(&fields, STR("live_uid"), str_of(m->live_uid));
    part = buf_view(&fields);
    rc = buf_failed(&fields) ? err_set(e, RC_NOMEM, "out of memory")
                             : sealed_write(path, KIND, &part, PARTS, e);
    buf_fini(&fields);
    return rc;
}

static enum rc
set_field(void *manifest, struct str name, struct str value, struct err *e)
{
    return manifest_set(manifest, name, value, e);
}

enum rc
shelf_manifest_read(struct shelf_manifest *out, const char *path, struct err *e)
{
    struct manifest *m = calloc(1, sizeof(*m));
    struct sealed *s = NULL;
    enum rc rc = m == NULL ? err_set(e, RC_NOMEM, "out of memory")
                           : sealed_open(&s, path, KIND, PARTS, e);

    if (rc == RC_OK) {
        rc = fields_each(sealed_part(s, 0), set_field, m, e);
    }
    if (rc == RC_OK) {
        *out = (struct shelf_manifest){.seq = m->seq, .live = m->live};
        memcpy(out->live_uid, m->live_uid, sizeof(out->live_uid));
    }
    sealed_close(&s);
    free(m);
    return rc;
}
